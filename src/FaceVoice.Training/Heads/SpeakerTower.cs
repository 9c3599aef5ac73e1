using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Heads;

/// <summary>
/// The speaker encoder before the voice head, where it is trained as well: log-mels to standardised embeddings of unit length. Its
/// normalisation layers
/// keep the statistics that they came with, as batches of a few hundred clips would only blur them. One thread.
/// </summary>
internal sealed class SpeakerTower : IDisposable
{
    private const int RowsACall = 64;
    private readonly SpeakerNetwork _network;
    private Tensor? _mean;
    private Tensor? _scale;

    private SpeakerTower(SpeakerNetwork network)
    {
        _network = network;
        OneDnn.ChooseFor(network);
        _network.eval();
    }

    public int Dimension => _network.Dimension;

    public int MelBins => _network.MelBins;

    public SpeakerNetwork Network => _network;

    /// <exception cref="ModelFormatException">The file holds no speaker encoder.</exception>
    public static SpeakerTower Load(string weightsFile) => new(SpeakerNetworkLoader.Load(WeightsFile.Read(weightsFile)));

    /// <summary>Moves the network and takes the scaler of its embeddings.</summary>
    public void Prepare(FeatureScaler scaler, Device device)
    {
        using var scope = NewDisposeScope();
        _network.to(device);
        _mean = tensor(scaler.Mean, [1, scaler.Mean.Length]).to(device).DetachFromDisposeScope();
        _scale = tensor(scaler.Scale, [1, scaler.Scale.Length]).to(device).DetachFromDisposeScope();
    }

    /// <summary>[rows, bands x frames] to what the voice head takes: [rows, <see cref="Dimension"/>].</summary>
    public Tensor Embed(Tensor spectra) => Unit(spectra).sub(_mean!).mul(_scale!);

    /// <summary>Unit embeddings of all rows, as the weights are now.</summary>
    public FeatureMatrix EmbedAll(FeatureMatrix spectra)
    {
        using var mode = no_grad();
        var values = new float[spectra.Rows * Dimension];
        for (var first = 0; first < spectra.Rows; first += RowsACall)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(RowsACall, spectra.Rows - first);
            var rows = spectra.Values.Slice(first * spectra.Dimension, count * spectra.Dimension);
            Unit(tensor(rows.ToArray(), [count, spectra.Dimension])).ToArray<float>().CopyTo(values, first * Dimension);
        }

        return new(values, Dimension, spectra.Encoder);
    }

    public void Dispose()
    {
        _mean?.Dispose();
        _scale?.Dispose();
        _network.Dispose();
        OneDnn.Reset();
    }

    private Tensor Unit(Tensor spectra)
    {
        var (rows, width) = (spectra.shape[0], spectra.shape[1]);
        return nn.functional.normalize(_network.forward(spectra.reshape(rows, MelBins, width / MelBins).transpose(1, 2)));
    }
}
