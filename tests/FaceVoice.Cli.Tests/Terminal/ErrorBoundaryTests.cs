using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Tests.Terminal;

/// <summary>What of an error reaches a user: one line, in words of the command line.</summary>
[Collection("console")]
public sealed class ErrorBoundaryTests
{
    public static TheoryData<Exception> OfDotNet =>
    [
        new ArgumentException("Illegal characters.", "path2"),
        new ArgumentOutOfRangeException("path2", 7, "It must be from 1 to 3."),
        new IOException(new ArgumentException("The file name is empty.", "path2").Message),
        new UsageException(new ArgumentException("The pattern is malformed.", "path2").Message),
    ];

    [Theory]
    [MemberData(nameof(OfDotNet))]
    public async Task Runs_ErrorThatNamesAParameter_DoesNotReachTheUser(Exception error)
    {
        var command = new Command("try").Runs((_, _) => throw error);
        using var text = new StringWriter();
        var before = Console.Error;
        Console.SetError(text);
        try
        {
            Assert.NotEqual(0, await command.Parse([]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.StartsWith("facevoice try: ", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("path2", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", text.ToString(), StringComparison.Ordinal);
        Assert.Single(text.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(2, "--faces-per-video is 0. It must be from 1 to 100.", "extract", "in", "--out", "out", "--faces-per-video", "0")]
    [InlineData(2, "--seconds is 0.5. It must be from 1 to 30.", "extract", "in", "--out", "out", "--seconds", "0.5")]
    [InlineData(2, "--audio-track is 0", "extract", "in", "--out", "out", "--audio-track", "0")]
    [InlineData(2, "--identity-regex: ", "extract", "in", "--out", "out", "--identity-regex", "(")]
    [InlineData(2, "no speaker encoder 'nobody'", "speaker", "evaluate", "--model", "nobody", "--data", "in")]
    [InlineData(2, "--resume needs a file", "index", "import", "-", "--index", "x", "--resume")]
    [InlineData(1, "", "index", "add", "in", "--index", "", "--model", "starter")]
    [InlineData(1, "", "index", "stats", "--index", "\0")]
    public void Run_ValueThatCannotBe_IsNamedByItsOption(int exitCode, string expected, params string[] arguments)
    {
        var run = ConsoleRun.Of(arguments);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.True(run.ExitCode == exitCode || expected.Length == 0, run.Error);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("(Parameter", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("\0\0\0\u0004\0\0\0\0\0\0\0\b\u0007\0\0\0\0\0\0\0\0\0\0\0\0\r")] // what Kestrel answers: settings, then "go away, HTTP/1.1 is required"
    public async Task Server_HttpPort_SaysWhatItLooksLike(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = ServeAsync(listener, [.. answer.Select(c => (byte)c)], end.Token);
        var run = ConsoleRun.Of("index", "list", "--server", $"127.0.0.1:{port}");
        Assert.True(run.Error.Contains("looks like the HTTP port", StringComparison.Ordinal), run.Error);
        Assert.Equal(1, run.ExitCode);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    /// <summary>Gives each connection the same answer: a client may try again.</summary>
    private static async Task ServeAsync(TcpListener listener, byte[] answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            try
            {
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[24], 24, cancellationToken: cancellationToken); // HTTP/2's preface
                await stream.WriteAsync(answer, cancellationToken);
                client.Client.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(new byte[512], cancellationToken) > 0)
                {
                }
            }
            catch (IOException)
            {
                // The client has hung up.
            }
        }
    }
}
