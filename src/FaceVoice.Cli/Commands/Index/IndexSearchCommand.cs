using System.CommandLine;
using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index search</c>: the points nearest to a face, a voice or an enrolled point.</summary>
internal static class IndexSearchCommand
{
    public static Command Create()
    {
        var face = new Option<string?>("--face") { Description = "Search by the face in this image; - reads standard input.", HelpName = "FILE" };
        var voice = new Option<string?>("--voice") { Description = "Search by the voice in this recording; - reads standard input.", HelpName = "FILE" };
        var like = new Option<string?>("--like") { Description = "Search by the vector of this enrolled point.", HelpName = "ID" };
        var space = new Option<string?>("--space") { Description = "joint: faces and voices alike; speaker: voices of the same speaker. Default: joint where the index has it.", HelpName = "joint|speaker" };
        var model = ModelOptions.Model();
        var limit = new Option<int>("--limit") { Description = "The most hits.", DefaultValueFactory = _ => 10 };
        var threshold = new Option<float?>("--threshold") { Description = "The lowest score, a cosine in [-1, 1]." };
        var exact = new Option<bool>("--exact") { Description = "Look at every point, even where the graph would answer sooner." };
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of a table." };
        var command = new Command("search", "Finds the points nearest to a face, a voice or an enrolled point. A score is statistical, never proof of identity.") { face, voice, like, space, model, limit, threshold, exact, json };
        var audio = new AudioOptions(command);
        var place = new IndexPlace(command, offersServer: true);
        var filter = new PointFilterOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var (media, modality) = parsed.GetValue(face) is { } picture ? (picture, PointModality.Face) : (parsed.GetValue(voice), PointModality.Voice);
            var probe = parsed.GetValue(like);
            if (new[] { parsed.GetValue(face), parsed.GetValue(voice), probe }.Count(v => v is not null) != 1)
            {
                throw new UsageException("one of --face, --voice and --like is needed.");
            }

            await using var store = await place.OpenAsync(
                parsed, null, cancellationToken, [("--model", parsed.GetValue(model) is not null), .. audio.Given(parsed)]);
            var name = parsed.GetValue(space) ?? (store.Schema.Dimensions.ContainsKey(VectorName.Joint) ? VectorName.Joint : VectorName.Speaker);
            MediaEnroller Open() => new(parsed.GetValue(model), audio.Read(parsed));
            var vectors = media is not null ? await EmbedAsync(store, media, modality, name, Open, cancellationToken)
                : await store.GetAsync([probe!], cancellationToken) is [var enrolled] ? enrolled.Vectors : throw new UsageException($"no point '{probe}' in the index.");
            if (!vectors.TryGetValue(name, out var vector))
            {
                throw new UsageException($"the probe has no vector '{name}'; it has {string.Join(", ", vectors.Keys)}.");
            }

            var hits = await store.SearchAsync(
                new SearchRequest
                {
                    VectorName = name,
                    Vector = vector,
                    Limit = parsed.GetValue(limit),
                    ScoreThreshold = parsed.GetValue(threshold),
                    Exact = parsed.GetValue(exact),
                    Filter = filter.Read(parsed),
                },
                cancellationToken);
            PointPrinter.Print(hits, parsed.GetValue(json));
            return ExitCode.Done;
        });
    }

    private static async Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> EmbedAsync(
        IVectorStore store,
        string media,
        PointModality modality,
        string vectorName,
        Func<MediaEnroller> open,
        CancellationToken cancellationToken)
    {
        if (store is RemoteVectorStore server)
        {
            return await server.EmbedAsync(media, modality, vectorName, cancellationToken);
        }

        using var enroller = open();
        enroller.Schema.MustEqual(store.Schema);
        var (vectors, lacking, warnings) = await enroller.EmbedAsync(media, modality, isSample: false, cancellationToken);
        foreach (var doubt in lacking.Union(warnings))
        {
            await Console.Error.WriteLineAsync($"facevoice index search: {media}: {doubt}");
        }

        return vectors;
    }
}
