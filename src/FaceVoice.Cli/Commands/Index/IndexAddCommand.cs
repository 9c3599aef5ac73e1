using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index add</c>: enrols files, folders and data sets.</summary>
internal static class IndexAddCommand
{
    private const int BatchPoints = 64;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Pictures and recordings, folders of them, or data set folders with a manifest.jsonl." };
        var model = ModelOptions.Model();
        var identity = new Option<string?>("--identity") { Description = "Who all of this is.", HelpName = "NAME" };
        var fromFolder = new Option<bool>("--identity-from-folder") { Description = "Take each file's folder name as the identity." };
        var replace = new Option<bool>("--replace") { Description = "Enrol again what is already there; otherwise it is passed over, so that a run that was cut short can be repeated." };
        var attributes = new Option<string[]>("--set") { Description = "A keyword field for all points; give it again for more.", HelpName = "KEY=VALUE" };
        var command = new Command("add", "Enrols faces and voices. Files without a usable face or voice are reported and passed over; then the exit code is 1.") { paths, model, identity, fromFolder, replace, attributes };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            using var enroller = new MediaEnroller(parsed.GetValue(model));
            await using var store = await place.OpenAsync(parsed, enroller.Schema, cancellationToken);
            var payload = (parsed.GetValue(attributes) ?? []).Select(Attribute).ToDictionary(a => a.Key, a => a.Value);
            var run = new Enrolment(enroller, store, payload, parsed.GetValue(replace));
            foreach (var part in EnrolmentSource.Find(parsed.GetValue(paths)!, parsed.GetValue(identity), parsed.GetValue(fromFolder)).Chunk(BatchPoints))
            {
                await run.AddAsync(part, cancellationToken);
                Console.Error.Write($"{(Console.IsErrorRedirected ? string.Empty : "\r")}{run.Added} enrolled, {run.Present} already there, {run.Refused} not usable{(Console.IsErrorRedirected ? "\n" : string.Empty)}");
            }

            Console.Error.WriteLine(run.Passed == 0 ? string.Empty : $"{(Console.IsErrorRedirected ? string.Empty : "\n")}{run.Passed} faces passed over: the model has no joint space, so an index of it holds voices only.");
            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("added", run.Added);
                json.WriteNumber("present", run.Present);
                json.WriteNumber("refused", run.Refused);
                json.WriteNumber("passed_over", run.Passed);
            });
            return run.Refused == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

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

        /// <summary>Files of a kind that the model makes nothing of.</summary>
        public int Passed { get; private set; }

        public async Task AddAsync(EnrolmentItem[] items, CancellationToken cancellationToken)
        {
            var usable = Array.FindAll(items, i => enroller.Takes(i.Modality));
            var there = replace ? [] : (await store.GetAsync([.. usable.Select(i => i.Id)], cancellationToken)).Select(p => p.Id).ToHashSet();
            var wanted = Array.FindAll(usable, i => !there.Contains(i.Id));
            var points = new IndexPoint?[wanted.Length];
            await Parallel.ForAsync(0, wanted.Length, cancellationToken, async (i, token) => points[i] = await TryEmbedAsync(wanted[i], token));
            var made = points.OfType<IndexPoint>().ToList();
            await store.UpsertAsync(made, cancellationToken);
            Added += made.Count;
            Present += there.Count;
            Refused += wanted.Length - made.Count;
            Passed += items.Length - usable.Length;
        }

        private async Task<IndexPoint?> TryEmbedAsync(EnrolmentItem item, CancellationToken cancellationToken)
        {
            try
            {
                var vectors = await enroller.EmbedAsync(item.Path, item.Modality, item.IsSample, cancellationToken);
                var fields = new Dictionary<string, PayloadValue>(payload);
                foreach (var (key, value) in MediaEnroller.Origin(item))
                {
                    fields[key] = value;
                }

                return new IndexPoint { Id = item.Id, Identity = item.Identity, Modality = item.Modality, Vectors = vectors, Payload = fields };
            }
            catch (Exception error) when (error is UnusableMediaException or InvalidMediaException)
            {
                Console.Error.WriteLine($"{item.Path}: {error.Message}");
                return null;
            }
        }
    }
}
