using FaceVoice.Models;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Makes the LibTorch network that weights belong to, so that it can be trained further. Thread-safe.</summary>
public static class SpeakerNetworkLoader
{
    /// <summary>Makes the network, of the sizes that the weights have, and fills it.</summary>
    /// <param name="weights">The state dict of an x-vector, an ECAPA-TDNN (SpeechBrain's names) or a <see cref="SpeakerResNet"/>.</param>
    /// <exception cref="ModelFormatException">The names are those of no speaker encoder.</exception>
    /// <exception cref="StateDictMismatchException">Tensors are missing, surplus or of the wrong shape; the message names them.</exception>
    public static SpeakerNetwork Load(IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var architecture = SpeakerExporter.DetectArchitecture(weights)
            ?? throw new ModelFormatException($"The names of the tensors are those of no speaker encoder ({string.Join(", ", SpeakerExporter.Architectures)}).");
        var state = new StateDict(weights);
        ISpeakerGraph graph = architecture switch
        {
            SpeakerExporter.XVectorName => new XVectorGraph(XVectorGraph.ReadOptions(state), state),
            SpeakerExporter.EcapaName => new EcapaGraph(EcapaGraph.ReadOptions(state), state),
            _ => new ResNetGraph(state),
        };
        state.RequireExactly(architecture, graph.Requirements());
        SpeakerNetwork network = architecture switch
        {
            SpeakerExporter.XVectorName => new XVector(XVectorGraph.ReadOptions(state)),
            SpeakerExporter.EcapaName => new EcapaTdnn(EcapaGraph.ReadOptions(state)),
            _ => new SpeakerResNet(ResNetGraph.ReadOptions(state)),
        };
        network.LoadWeights(weights);
        return network;
    }
}
