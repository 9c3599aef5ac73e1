using FaceVoice.Datasets.Spectra;
using FaceVoice.Training.Networks.Features;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Features;

public sealed class FbankTests
{
    // Two correct single precision programs differ by up to 1.1e-3 dB in weak bands next to strong ones.
    private const double Decibel = 3e-3;
    private const double MeanDecibel = 1e-4;

    [Theory]
    [InlineData("utt_a", 24)]
    [InlineData("utt_b", 24)]
    [InlineData("utt_c", 24)]
    [InlineData("utt_a", 80)]
    [InlineData("utt_b", 80)]
    [InlineData("utt_c", 80)]
    public void Fbank_OfSpeech_MatchesReference(string utterance, int bins)
    {
        using DisposeScope scope = NewDisposeScope();
        using FbankModule fbank = new(bins);
        Tensor features = fbank.forward(GoldenTensors.Audio(utterance));

        Compare(GoldenTensors.Npy("fbank", $"{utterance}_fbank{bins}.npy"), features);
        Compare(GoldenTensors.Npy("fbank", $"{utterance}_fbank{bins}_cmn.npy"), FbankModule.SubtractMean(features));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(80)]
    public void Fbank_OfOddLengthAndPartlySilent_MatchesReference(int bins)
    {
        using DisposeScope scope = NewDisposeScope();
        using FbankModule fbank = new(bins);
        Tensor audio = GoldenTensors.Audio("utt_b");
        Tensor zeroed = audio.clone();
        zeroed.narrow(1, 0, 6000).zero_();

        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"utt_b_first19117_fbank{bins}.npy"), fbank.forward(audio.narrow(1, 0, 19117)).squeeze(0), Decibel);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"utt_b_zeroed6000_fbank{bins}.npy"), fbank.forward(zeroed).squeeze(0), Decibel);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"silence3200_fbank{bins}.npy"), fbank.forward(zeros(1, 3200)).squeeze(0), 0);
    }

    [Fact]
    public void Fbank_InSinglePrecision_StaysWithinTheTolerance()
    {
        using DisposeScope scope = NewDisposeScope();
        using FbankModule fbank = new(80, ScalarType.Float32);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", "utt_c_fbank80.npy"), fbank.forward(GoldenTensors.Audio("utt_c")).squeeze(0), Decibel);
    }

    [Fact]
    public void Fbank_OfBatch_TreatsRowsAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using FbankModule fbank = new(24);
        Tensor loud = GoldenTensors.Audio("utt_a");
        Tensor quiet = loud * 1e-3;
        Tensor both = fbank.forward(cat([loud, quiet]));

        GoldenTensors.Close(fbank.forward(quiet).squeeze(0), both.select(0, 1), 1e-5);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(80)]
    public void MelFilters_OfReferenceSizes_MatchReference(int bins)
    {
        using DisposeScope scope = NewDisposeScope();
        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"melmatrix{bins}.npy"), tensor(MelFilters.Matrix(bins), [Fbank.FrequencyBins, bins]), 5e-5);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"melcentre{bins}_hz.npy"), tensor(MelFilters.Centres(bins)), 5e-3);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", $"melband{bins}_hz.npy"), tensor(MelFilters.HalfWidths(bins)), 5e-3);
        GoldenTensors.Close(GoldenTensors.Npy("fbank", "window400.npy"), tensor(MelFilters.HammingWindow(400)), 1e-6);
    }

    private static void Compare(Tensor expected, Tensor actual)
    {
        GoldenTensors.Close(expected, actual.squeeze(0), Decibel);
        double mean = (expected - actual.squeeze(0)).abs().mean().ToDouble();
        Assert.True(mean <= MeanDecibel, $"mean difference {mean:E2} dB");
    }
}
