using FaceVoice.Testing;
using FaceVoice.Torch.Interop;
using Xunit;

namespace FaceVoice.Torch.Tests.Interop;

public sealed class NativeLibraryLoaderTests
{
    [Fact]
    public void Load_NoShim_SaysItWasNotBuiltAndWhatToInstall()
    {
        TorchUnavailableException error = Assert.Throws<TorchUnavailableException>(
            () => NativeLibraryLoader.Load([.. NativeLibraryLoader.Candidates(null, "/nowhere")]));

        Assert.Contains("was not built", error.Message, StringComparison.Ordinal);
        Assert.Contains("libtorch-dev", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NotALibrary_SaysLibTorchCouldNotBeLoaded()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("libfacevoice_torch.so");
        File.WriteAllText(file, "no library");

        TorchUnavailableException error = Assert.Throws<TorchUnavailableException>(() => NativeLibraryLoader.Load([file]));

        Assert.Contains("could not be loaded", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Candidates_WithOverride_AreTheOverrideAlone() =>
        Assert.Equal(["/elsewhere/shim.so"], NativeLibraryLoader.Candidates("/elsewhere/shim.so", "/application"));
}
