using System.Diagnostics;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Tests.Networks;

namespace FaceVoice.Training.Tests;

public sealed class LibTorchTests
{
    /// <summary>GCC 12's libstdc++, that of Debian 12 and Ubuntu 22.04, ends there.</summary>
    private static readonly Version Newest = new(3, 4, 30);

    [Fact]
    public void BuiltBinding_NeedsNoLibstdcxxBeyondDebian12() =>
        Assert.All(ElfVersionNeeds.Of(Find("libLibTorchSharp.so")).Where(need => !need.IsWeak && need.Name.StartsWith("GLIBCXX_", StringComparison.Ordinal)), need =>
            Assert.True(Version.Parse(need.Name["GLIBCXX_".Length..]) <= Newest, need.Name));

    [Fact]
    public void BuiltBinding_WeakNeed_IsTheOneOfGcc13() =>
        Assert.Equal(["GLIBCXX_3.4.32"], ElfVersionNeeds.Of(Find("libLibTorchSharp.so")).Where(need => need.IsWeak).Select(need => need.Name));

    /// <summary>Unoptimised code keeps what it hands to native code alive.</summary>
    [Fact]
    public void BuiltTorchSharp_IsCompiledWithoutOptimisation() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false).Cast<DebuggableAttribute>().Single().IsJITOptimizerDisabled);

    /// <summary>With the package's own TorchSharp.dll, some of a hundred thousand numbers are freed while they are read.</summary>
    [Fact]
    public void Scalars_UnderGarbageCollection_ArriveWhole()
    {
        using var stop = new CancellationTokenSource();
        var garbage = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.KeepAlive(new float[20_000]);
                Thread.Yield();
            }
        });
        garbage.IsBackground = true;
        garbage.Start();
        try
        {
            using Tensor ones = torch.ones(4_096);
            for (var round = 0; round < 1_000; round++)
            {
                using DisposeScope scope = NewDisposeScope();
                for (var i = 0; i < 50; i++)
                {
                    Assert.Equal((1.5f + i) * 2, ones.add(0.5 + i).mul(2.0)[17].ToSingle());
                }
            }
        }
        finally
        {
            stop.Cancel();
            garbage.Join();
        }
    }

    /// <summary>Channels that fill no block of 16: LibTorch's own fast convolutions are wrong for them on some processors.</summary>
    [Theory]
    [InlineData(24, 512, 5)]
    [InlineData(20, 64, 3)]
    [InlineData(6, 8, 5)]
    public void Convolution_OfAnyWidth_EqualsDoublePrecision(int inputs, int outputs, int taps)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        Tensor x = randn(8, inputs, 60);
        Tensor w = randn(outputs, inputs, taps);
        Assert.True(nn.functional.conv1d(x, w).to(ScalarType.Float64)
            .allclose(nn.functional.conv1d(x.to(ScalarType.Float64), w.to(ScalarType.Float64)), rtol: 1e-4, atol: 1e-4));
    }

    /// <summary>Whatever this processor's oneDNN gets wrong: a trainer's networks come out as double precision has them.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(4)]
    public void ChosenConvolutions_OfANetwork_EqualDoublePrecision(int channels)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(2);
        using SpeakerResNet network = new(new() { Channels = [channels, 2 * channels], Blocks = [1, 1], AttentionChannels = 16, EmbeddingSize = 16 });
        OneDnn.ChooseFor(network);
        try
        {
            Tensor features = randn(8, 60, 80);
            Tensor slope = randn(8, 16);
            Tensor[] single = Gradients(network, features, slope);
            Tensor[] exact = Gradients(network.to(ScalarType.Float64), features.to(ScalarType.Float64), slope.to(ScalarType.Float64));
            Assert.All(single.Zip(exact), pair => GoldenTensors.Close(pair.Second, pair.First, 1e-3 * Math.Max(1, pair.Second.abs().max().ToDouble())));
        }
        finally
        {
            OneDnn.Reset();
        }
    }

    [Fact]
    public void FindDevice_NoSuchDevice_SaysWhatThereIs()
    {
        Assert.Equal(DeviceType.CPU, LibTorch.FindDevice("cpu").type);
        Assert.Contains("cpu, cuda or cuda:N", Assert.Throws<DeviceUnavailableException>(() => LibTorch.FindDevice("tpu")).Message, StringComparison.Ordinal);
        Assert.Throws<DeviceUnavailableException>(() => LibTorch.FindDevice("cuda:-1"));
        var error = Assert.Throws<DeviceUnavailableException>(() => LibTorch.FindDevice("cuda:99"));
        Assert.Contains("CUDA device", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>A build without LibTorch says so itself: TorchSharp would end the process.</summary>
    [Theory]
    [InlineData(null, "here", "name a folder with LibTorch 2.10 by FACEVOICE_LIBTORCH")]
    [InlineData("/nowhere", "here", "/nowhere holds no libtorch_cpu.so: FACEVOICE_LIBTORCH must name")]
    [InlineData(null, null, "libLibTorchSharp.so is missing beside the program")]
    public void Missing_Libraries_AreNamedWithWhatToDo(string? external, string? binding, string expected) =>
        Assert.Contains(expected, LibTorch.Missing(external, binding), StringComparison.Ordinal);

    [Fact]
    public void Version_OfTheBuild_IsTheOneThatMessagesAskFor() => Assert.StartsWith("2.10.", LibTorch.Version, StringComparison.Ordinal);

    [Theory]
    [InlineData("libfoo.so.1: cannot open shared object file: No such file or directory", "libfoo.so.1 is missing.")]
    [InlineData("Unable to load\nlibstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by x.so)\nmore", "libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by x.so)")]
    public void Reason_OfTheLoadersWords_IsTheLineThatCounts(string message, string expected) => Assert.Equal(expected, LibTorch.Reason(message));

    private static Tensor[] Gradients(SpeakerResNet network, Tensor features, Tensor slope)
    {
        network.zero_grad();
        (network.forward(features) * slope).sum().backward();
        return [.. network.parameters().Select(parameter => parameter.grad!.clone())];
    }

    private static string Find(string name) => Directory.GetFiles(AppContext.BaseDirectory, name, SearchOption.AllDirectories).Single();
}
