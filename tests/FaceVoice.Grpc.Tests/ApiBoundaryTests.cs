using FaceVoice.Testing;

namespace FaceVoice.Grpc.Tests;

/// <summary>The API that generated code stands on has no transport in it: moving to the official packages must change no service.</summary>
public sealed class ApiBoundaryTests
{
    [Fact]
    public void CoreApi_Sources_NameNeitherAspNetNorHttp()
    {
        var files = Directory.GetFiles(RepositoryPaths.Of("src", "FaceVoice.Grpc", "Core"), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("Microsoft.AspNetCore", text);
            Assert.DoesNotContain("System.Net", text);
        });
    }
}
