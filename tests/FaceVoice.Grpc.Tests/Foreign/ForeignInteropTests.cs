using FaceVoice.Testing.Grpc;
using Grpc.Net.Client;

namespace FaceVoice.Grpc.Tests.Foreign;

/// <summary>The public interoperability cases between ours and the gRPC libraries of Node.js and Python, in both directions.</summary>
public sealed class ForeignInteropTests
{
    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task ForeignClient_OurServer_PassesEveryCase(string language)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        var address = server.GrpcAddress.Authority;
        var results = await ForeignProgram.RunClientAsync(language, address, TestContext.Current.CancellationToken);

        Assert.True(results.Count >= 15, $"only {results.Count} cases ran");
        Assert.All(results, result => Assert.True(result.Value is null, $"{result.Key}: {result.Value}"));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task OurClient_ForeignServer_PassesEveryCase(string language)
    {
        var (program, address) = await ForeignProgram.StartServerAsync(language, TestContext.Current.CancellationToken);
        await using (program)
        {
            using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null });

            // These servers do not tell whether a request was compressed.
            foreach (var (name, run) in InteropCases.All.Where(c => !c.Key.StartsWith("client_compressed", StringComparison.Ordinal)))
            {
                try
                {
                    await run(channel.CreateCallInvoker()).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException(name, e);
                }
            }
        }
    }
}
