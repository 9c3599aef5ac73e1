using FaceVoice.Models.Graph;

namespace FaceVoice.Training.Networks.Export;

/// <summary>One speaker encoder architecture: what weights it needs, and its graph from features to an embedding.</summary>
internal interface ISpeakerGraph
{
    /// <summary>Bands of the log-mel features.</summary>
    int MelBins { get; }

    /// <summary>Values of the embedding.</summary>
    int Dimension { get; }

    /// <summary>Every tensor needed, with its shape, as far as shapes can be told from the weights.</summary>
    IReadOnlyList<TensorRequirement> Requirements();

    /// <summary>Adds the network: features of packed frames to one row [batch, Dimension] for each utterance, not normalised.</summary>
    OnnxValue Build(FrameGraph frames, FrameSignal features);
}
