using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index add</c>: enrols files, folders and data sets.</summary>
internal static class IndexAddCommand
{
    private const string Name = "facevoice index add";
    private const int BatchPoints = 64;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Pictures and recordings, folders of them, or data set folders with a manifest.jsonl." };
        var model = ModelOptions.Model();
        var identity = new Option<string?>("--identity") { Description = "Who all of this is.", HelpName = "NAME" };
        var fromFolder = new Option<bool>("--identity-from-folder") { Description = "Take each file's folder name as the identity." };
        var replace = new Option<bool>("--replace") { Description = "Enrol again what is already there; otherwise it is passed over, so that a run that was cut short can be repeated." };
        var acceptPoor = new Option<bool>("--accept-poor")
        {
            Description = "Enrol also what a match would call insufficient evidence: small, blurred or turned faces, too little or too noisy speech, two voices.",
        };
        var attributes = new Option<string[]>("--set") { Description = "A keyword field for all points; give it again for more.", HelpName = "KEY=VALUE" };
        var command = new Command("add", "Enrols faces and voices. Files without a usable face or voice are reported and passed over; then the exit code is 1.") { paths, model, identity, fromFolder, replace, acceptPoor, attributes };
        var audio = new AudioOptions(command);
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            using var enroller = new MediaEnroller(parsed.GetValue(model), audio.Read(parsed));
            await using var store = await place.OpenAsync(parsed, enroller.Schema, cancellationToken);
            var payload = (parsed.GetValue(attributes) ?? []).Select(Attribute).ToDictionary(a => a.Key, a => a.Value);
            var run = new Enrolment(enroller, store, payload, parsed.GetValue(replace), parsed.GetValue(acceptPoor));
            var source = new EnrolmentSource(parsed.GetValue(identity), parsed.GetValue(fromFolder));
            foreach (var part in source.Find(parsed.GetValue(paths)!).Chunk(BatchPoints))
            {
                await run.AddAsync(part, cancellationToken);
                var (start, end) = Console.IsErrorRedirected ? ("", "\n") : ("\r", "");
                Console.Error.Write($"{start}{run.Added} enrolled, {run.Present} already there, {run.Refused} not usable{end}");
            }

            if (!Console.IsErrorRedirected)
            {
                Console.Error.WriteLine();
            }

            foreach (var (path, reason) in source.PassedOver)
            {
                Console.Error.WriteLine($"{Name}: {path}: {reason}");
                run.Refused++;
            }

            if (run.Nameless > 0)
            {
                Console.Error.WriteLine(
                    $"{Name}: {run.Nameless} points have no identity: --identity NAME or --identity-from-folder says who they are.");
            }

            if (run.Passed > 0)
            {
                Console.Error.WriteLine(
                    $"{Name}: {run.Passed} faces passed over: the model has no joint space, so an index of it holds voices only.");
            }
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

    private sealed class Enrolment(MediaEnroller enroller, IVectorStore store, Dictionary<string, PayloadValue> payload, bool replace, bool acceptPoor)
    {
        private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);

        public int Added { get; private set; }

        public int Present { get; private set; }

        public int Refused { get; set; }

        /// <summary>Points that were added without an identity.</summary>
        public int Nameless { get; private set; }

        /// <summary>Files of a kind that the model makes nothing of.</summary>
        public int Passed { get; private set; }

        public async Task AddAsync(EnrolmentItem[] items, CancellationToken cancellationToken)
        {
            var usable = Array.FindAll(items, i => enroller.Takes(i.Modality));
            string[] ids = [.. usable.SelectMany(i => new[] { i.Id, i.PathId }).Distinct()];
            var there = (await store.GetAsync(ids, cancellationToken)).ToDictionary(p => p.Id);
            var named = usable.Select(item => item with { Id = IdOf(item, there) }).ToArray();
            var wanted = replace ? named : Array.FindAll(named, i => !there.ContainsKey(i.Id));
            var points = new IndexPoint?[wanted.Length];
            await Parallel.ForAsync(0, wanted.Length, cancellationToken, async (i, token) => points[i] = await TryEmbedAsync(wanted[i], token));
            var made = points.OfType<IndexPoint>().ToList();
            await store.UpsertAsync(made, cancellationToken);
            Added += made.Count;
            Nameless += made.Count(point => point.Identity is null);
            Present += named.Length - wanted.Length;
            Refused += wanted.Length - made.Count;
            Passed += items.Length - usable.Length;
        }

        /// <summary>Two files are never one point: the short id is that of the file that took it first, in this call or an earlier one.</summary>
        private string IdOf(EnrolmentItem item, Dictionary<string, IndexPoint> there)
        {
            var isFree = (!there.TryGetValue(item.Id, out var point) || MediaEnroller.SourceOf(point) == item.Path)
                && (!_taken.TryGetValue(item.Id, out var path) || path == item.Path);
            var id = isFree && !there.ContainsKey(item.PathId) ? item.Id : item.PathId;
            _taken[id] = item.Path;
            return id;
        }

        private async Task<IndexPoint?> TryEmbedAsync(EnrolmentItem item, CancellationToken cancellationToken)
        {
            try
            {
                var (vectors, lacking, warnings) = await enroller.EmbedAsync(item.Path, item.Modality, item.IsSample, cancellationToken);
                foreach (var warning in warnings.Except(lacking))
                {
                    await Console.Error.WriteLineAsync($"{Name}: {item.Path}: {warning}");
                }

                if (lacking.Count > 0 && !acceptPoor)
                {
                    await Console.Error.WriteLineAsync(
                        $"{Name}: {item.Path}: not enough to compare it with others: {string.Join("; ", lacking)} "
                        + "(--accept-poor enrols it all the same)");
                    return null;
                }

                var fields = new Dictionary<string, PayloadValue>(payload);
                foreach (var (key, value) in MediaEnroller.Origin(item))
                {
                    fields[key] = value;
                }

                return new IndexPoint { Id = item.Id, Identity = item.Identity, Modality = item.Modality, Vectors = vectors, Payload = fields };
            }
            catch (Exception error) when (error
                is UnusableMediaException or InvalidMediaException or NonFiniteOutputException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"{Name}: {item.Path}: {error.Message}");
                return null;
            }
        }
    }
}
