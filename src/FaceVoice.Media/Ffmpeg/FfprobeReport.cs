using System.Text.Json.Serialization;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>The part of FFprobe's JSON that is read. Absent members stay null.</summary>
internal sealed record FfprobeReport(FfprobeFormat? Format, IReadOnlyList<FfprobeStream>? Streams);

internal sealed record FfprobeFormat(string? FormatName, string? Duration);

internal sealed record FfprobeStream(
    string? CodecType,
    string? CodecName,
    int Width,
    int Height,
    string? SampleAspectRatio,
    string? AvgFrameRate,
    string? Duration,
    string? SampleRate,
    int Channels,
    FfprobeDisposition? Disposition,
    IReadOnlyList<FfprobeSideData>? SideDataList);

internal sealed record FfprobeDisposition(int AttachedPic);

internal sealed record FfprobeSideData(double Rotation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FfprobeReport))]
internal sealed partial class FfprobeJson : JsonSerializerContext;
