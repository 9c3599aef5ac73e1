namespace FaceVoice.Media.Tests.Ffmpeg;

/// <summary>A shell script in FFmpeg's place, confined as FFmpeg is: it shows what the program is given, and misbehaves as no FFmpeg would.</summary>
internal sealed class FakeFfmpeg : IDisposable
{
    private const string Variable = "FACEVOICE_FFMPEG";
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public FakeFfmpeg(string body)
    {
        _ = FfmpegPrograms.Locate(); // the real one is looked for once
        var path = GeneratedMedia.Write("fake-ffmpeg", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n[ \"$1\" = -version ] && exit 0\n{body}\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        Environment.SetEnvironmentVariable(Variable, path);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, _before);
}
