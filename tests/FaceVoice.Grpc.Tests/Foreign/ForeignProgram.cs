using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc.Protocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FaceVoice.Grpc.Tests.Foreign;

/// <summary>A gRPC client or server of another language, as a process; the test is skipped where its library is not installed.</summary>
internal sealed class ForeignProgram : IAsyncDisposable
{
    private readonly Process _process;

    private ForeignProgram(Process process) => _process = process;

    private static string Folder => RepositoryPaths.Of("tests", "FaceVoice.Grpc.Tests", "Foreign");

    private static string Proto => RepositoryPaths.Of("tests", "FaceVoice.Testing.Grpc", "Protos", "grpc", "testing", "test.proto");

    /// <summary>Runs the interop cases of a foreign client against an address; gives the error of each case, null where it passed.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> RunClientAsync(string language, string address, CancellationToken cancellationToken)
    {
        await using var program = language == "node" ? Node("client.mjs", address, Proto) : Python("client", address, Descriptors());
        var errors = program._process.StandardError.ReadToEndAsync(cancellationToken);
        var results = new Dictionary<string, string?>();
        while (await NextLineAsync(program._process, results.Keys, cancellationToken) is { } text)
        {
            var line = JsonSerializer.Deserialize<JsonElement>(text);
            results.Add(line.GetProperty("name").GetString()!, line.GetProperty("error").GetString());
        }

        await program._process.WaitForExitAsync(cancellationToken);
        Assert.True(program._process.ExitCode == 0, await errors);
        return results;
    }

    /// <summary>Starts a foreign server.</summary>
    public static async Task<(ForeignProgram Program, Uri Address)> StartServerAsync(string language, CancellationToken cancellationToken)
    {
        var program = language == "node" ? Node("server.mjs", Proto) : Python("server", Descriptors());
        var port = await NextLineAsync(program._process, ["the start"], cancellationToken);
        Assert.True(int.TryParse(port, out var number), $"The {language} server gave no port, but \"{port}\".");
        return (program, new Uri($"http://127.0.0.1:{number}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<string?> NextLineAsync(Process process, IEnumerable<string> done, CancellationToken cancellationToken)
    {
        try
        {
            return await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Nothing within 20 s after {string.Join(", ", done)}.", e);
        }
    }

    private static ForeignProgram Node(params string[] arguments)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@grpc", "grpc-js")))
        {
            Assert.Skip("needs @grpc/grpc-js: run tools/foreign-clients");
        }

        return Start("node", arguments);
    }

    private static ForeignProgram Python(params string[] arguments)
    {
        // Debian's own interpreter has Debian's packages, whatever else is first on the path.
        const string debian = "/usr/bin/python3";
        if (!File.Exists(debian))
        {
            Assert.Skip("needs Debian's python3");
        }

        using var probe = Process.Start(new ProcessStartInfo(debian, ["-c", "import grpc, google.protobuf"]) { RedirectStandardError = true })!;
        probe.WaitForExit();
        if (probe.ExitCode != 0)
        {
            Assert.Skip("needs python3-grpcio and python3-protobuf: run tools/foreign-clients");
        }

        return Start(debian, ["interop.py", .. arguments]);
    }

    private static ForeignProgram Start(string program, IEnumerable<string> arguments) => new(Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>The descriptors of the test service, for libraries that need no generated code.</summary>
    private static string Descriptors()
    {
        var path = Path.Combine(Path.GetTempPath(), $"facevoice-interop-{Environment.ProcessId}.binpb");
        var set = new FileDescriptorSet { File = { FileDescriptorProto.Parser.ParseFrom(TestReflection.Descriptor.SerializedData) } };
        File.WriteAllBytes(path, set.ToByteArray());
        return path;
    }
}
