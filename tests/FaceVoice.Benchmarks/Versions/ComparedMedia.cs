using System.Globalization;
using FaceVoice.Testing;

namespace FaceVoice.Benchmarks.Versions;

/// <summary>Portraits, 3 s clips in several containers and a long video, made once into a folder from the reference data.</summary>
internal sealed class ComparedMedia(string folder)
{
    private const int Most = 400;
    private const int Recordings = 60;
    private const int Large = 40;

    private static readonly (string Kind, string Arguments)[] Containers =
    [
        ("wav", "-c:a pcm_s16le"),
        ("opus", "-c:a libopus -b:a 32k"),
        ("webm", "-c:a libopus -b:a 32k"),
        ("mp3", "-c:a libmp3lame -b:a 64k"),
        ("m4a", "-c:a aac -b:a 64k"),
        ("mp4", "-c:a aac -b:a 64k -f lavfi -i color=gray:s=64x64:d=3 -c:v libx264 -map 0:a -map 1:v"),
    ];

    /// <summary>The portraits: 512×512 JPEG, each another person.</summary>
    public IReadOnlyList<string> Portraits { get; } =
        [.. Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).Take(Most)];

    /// <summary>Photos of 12 megapixels.</summary>
    public IReadOnlyList<string> LargePhotos { get; } =
        [.. Enumerable.Range(0, Large).Select(i => Path.Combine(folder, "photos", $"{i:D2}.jpg"))];

    /// <summary>The video of 20 minutes.</summary>
    public string Video { get; } = Path.Combine(folder, "video", "long.mp4");

    /// <summary>The clips of one container.</summary>
    public IReadOnlyList<string> Clips(string kind) => [.. Enumerable.Range(0, Recordings).Select(i => Path.Combine(folder, kind, $"{i:D2}.{kind}"))];

    /// <summary>Makes what is not there yet.</summary>
    public void Make()
    {
        for (var i = 0; i < Large; i++)
        {
            Make(LargePhotos[i], ["-i", Portraits[i], "-vf", "scale=4000:4000:flags=lanczos,crop=4000:3000:0:300", "-q:v", "4"]);
        }

        var recordings = Directory.GetFiles(ReferenceData.Media("speech", "test"), "*.opus", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => new FileInfo(path).Length > 12_000).Take(Recordings).ToList(); // 24 kbit/s: more than 3 s
        foreach (var (kind, arguments) in Containers)
        {
            var clips = Clips(kind);
            for (var i = 0; i < Recordings; i++)
            {
                // The second input of MP4 stands among its arguments; ffmpeg takes options of output after the inputs.
                string[] words = arguments.Split(' ');
                var second = Array.IndexOf(words, "-f");
                string[] inputs = second < 0 ? [] : words[second..(second + 4)];
                string[] outputs = second < 0 ? words : [.. words[..second], .. words[(second + 4)..]];
                Make(clips[i], ["-i", recordings[i], .. inputs, "-t", "3", "-ac", "1", "-ar", kind is "opus" or "webm" ? "48000" : "16000", .. outputs]);
            }
        }

        var talking = Directory.GetFiles(ReferenceData.Media("clips"), "*.mpg").Order(StringComparer.Ordinal).First();
        Make(Video, ["-stream_loop", "-1", "-i", talking, "-t", "1200", "-c:v", "libx264", "-preset", "veryfast", "-g", "250", "-c:a", "aac"]);
    }

    private static void Make(string path, IEnumerable<string> arguments)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var scratch = Path.Combine(Path.GetDirectoryName(path)!, string.Create(CultureInfo.InvariantCulture, $"part{Path.GetExtension(path)}"));
            ChildUsage.Run(["ffmpeg", "-v", "error", "-y", .. arguments, scratch]);
            File.Move(scratch, path);
        }
    }
}
