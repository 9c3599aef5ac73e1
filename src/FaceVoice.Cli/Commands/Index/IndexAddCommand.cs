using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Media;
using FaceVoice.Pipeline;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index add</c>: enrols files, folders and data sets.</summary>
internal static class IndexAddCommand
{
    private const int BatchPoints = 64;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Pictures and recordings, folders of them, or data set folders with a manifest.jsonl." };
        var model = ModelOption();
        var identity = new Option<string?>("--identity") { Description = "Who all of this is.", HelpName = "NAME" };
        var fromFolder = new Option<bool>("--identity-from-folder") { Description = "Take each file's folder name as the identity." };
        var replace = new Option<bool>("--replace") { Description = "Enrol again what is already there; otherwise it is passed over, so that a run that was cut short can be repeated." };
        var attributes = new Option<string[]>("--set") { Description = "A keyword field for all points; give it again for more.", HelpName = "KEY=VALUE" };
        var command = new Command("add", "Enrols faces and voices. Files without a usable face or voice are reported and passed over; then the exit code is 1.") { paths, model, identity, fromFolder, replace, attributes };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            using var enroller = new MediaEnroller(parsed.GetValue(model)!);
            await using var store = await place.OpenAsync(parsed, enroller.Schema, cancellationToken);
            var payload = (parsed.GetValue(attributes) ?? []).Select(Attribute).ToDictionary(a => a.Key, a => a.Value);
            var run = new Enrolment(enroller, store, payload, parsed.GetValue(replace));
            foreach (var part in EnrolmentSource.Find(parsed.GetValue(paths)!, parsed.GetValue(identity), parsed.GetValue(fromFolder)).Chunk(BatchPoints))
            {
                await run.AddAsync(part, cancellationToken);
                Console.Error.Write($"{(Console.IsErrorRedirected ? string.Empty : "\r")}{run.Added} enrolled, {run.Present} already there, {run.Refused} not usable{(Console.IsErrorRedirected ? "\n" : string.Empty)}");
            }

            Console.Error.WriteLine();
            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("added", run.Added);
                json.WriteNumber("present", run.Present);
                json.WriteNumber("refused", run.Refused);
            });
            return run.Refused == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

    internal static Option<string> ModelOption() => new("--model") { Required = true, Description = "The model bundle's folder.", HelpName = "DIR" };

    private static (string Key, PayloadValue Value) Attribute(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (text[..at], PayloadValue.FromKeywords(text[(at + 1)..])) : throw new UsageException($"--set '{text}': KEY=VALUE is needed.");
    }

    private sealed class Enrolment(MediaEnroller enroller, IVectorStore store, Dictionary<string, PayloadValue> payload, bool replace)
    {
        public int Added { get; private set; }

        public int Present { get; private set; }

        public int Refused { get; private set; }

        public async Task AddAsync(EnrolmentItem[] items, CancellationToken cancellationToken)
        {
            var there = replace ? [] : (await store.GetAsync([.. items.Select(i => i.Id)], cancellationToken)).Select(p => p.Id).ToHashSet();
            var points = new List<IndexPoint>();
            foreach (var item in items.Where(i => !there.Contains(i.Id)))
            {
                try
                {
                    var vectors = await enroller.EmbedAsync(item.Path, item.Modality, cancellationToken);
                    var fields = new Dictionary<string, PayloadValue>(payload) { [MediaEnroller.SourceField] = PayloadValue.FromKeywords(Path.GetFullPath(item.Path)) };
                    points.Add(new IndexPoint { Id = item.Id, Identity = item.Identity, Modality = item.Modality, Vectors = vectors, Payload = fields });
                }
                catch (Exception error) when (error is UnusableMediaException or InvalidMediaException)
                {
                    Refused++;
                    Console.Error.WriteLine($"{item.Path}: {error.Message}");
                }
            }

            await store.UpsertAsync(points, cancellationToken);
            Added += points.Count;
            Present += there.Count;
        }
    }
}
