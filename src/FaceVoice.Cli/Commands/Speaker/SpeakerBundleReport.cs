using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary>What a command that makes a speaker bundle prints about it.</summary>
internal static class SpeakerBundleReport
{
    public static Option<bool> JsonOption() => new("--json") { Description = "Print one JSON object." };

    public static void Write(ModelBundle bundle, bool json)
    {
        var spec = bundle.Manifest.Encoders.Speaker!;
        if (json)
        {
            Console.WriteLine(Json(bundle, spec));
            return;
        }

        Console.WriteLine($"{bundle.Directory}");
        Console.WriteLine($"  model id      {bundle.ModelId}");
        Console.WriteLine($"  architecture  {spec.Architecture}, {spec.Preprocessing.MelBins} mel bands");
        Console.WriteLine($"  embedding     {spec.Dimension} values, unit length");
    }

    private static string Json(ModelBundle bundle, SpeakerEncoderSpec spec)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", bundle.Directory);
            writer.WriteString("model_id", bundle.ModelId);
            writer.WriteString("architecture", spec.Architecture);
            writer.WriteNumber("dimension", spec.Dimension);
            writer.WriteNumber("mel_bins", spec.Preprocessing.MelBins);
            writer.WriteNumber("min_samples", spec.Preprocessing.MinSamples);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
