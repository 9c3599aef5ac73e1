using FaceVoice.Datasets.Spectra;
using FaceVoice.Training.Networks.Features;

namespace FaceVoice.Training.Tests.Networks;

/// <summary>
/// <see cref="Fbank"/> written as PyTorch code is, [batch, samples] to [batch, frames, bins]: what the graph of an exported encoder and the trainer's own
/// front end are compared with. All rows of a batch are taken whole. Double precision unless told otherwise; the features are single precision.
/// </summary>
internal sealed class FbankModule : Module<Tensor, Tensor>
{
    private readonly ScalarType _precision;
    private readonly Tensor _window;
    private readonly Tensor _filters;

    public FbankModule(int melBins, ScalarType precision = ScalarType.Float64)
        : base(nameof(FbankModule))
    {
        _precision = precision;
        _window = tensor(MelFilters.HammingWindow(Fbank.WindowLength), dtype: precision).DetachFromDisposeScope();
        _filters = tensor(MelFilters.Matrix(melBins), [Fbank.FrequencyBins, melBins], dtype: precision).DetachFromDisposeScope();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor padded = nn.functional.pad(input.to(_precision), [Fbank.WindowLength / 2, Fbank.WindowLength / 2]);
        Tensor frames = padded.unfold(-1, Fbank.WindowLength, Fbank.HopLength) * _window;
        Tensor power = fft.rfft(frames).view_as_real().square().sum(-1);
        Tensor decibel = power.matmul(_filters).clamp_min(Fbank.EnergyFloor).log10() * 10;
        Tensor floor = decibel.flatten(1).amax(1) - Fbank.DynamicRange;
        return scope.MoveToOuter(decibel.maximum(floor.view(-1, 1, 1)).to(ScalarType.Float32));
    }

    /// <summary>Takes off each bin its mean over the frames ("sentence" normalisation; the variance is left alone).</summary>
    public static Tensor SubtractMean(Tensor features)
    {
        using Tensor mean = features.mean([1], keepdim: true);
        return features - mean;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _window.Dispose();
            _filters.Dispose();
        }

        base.Dispose(disposing);
    }
}
