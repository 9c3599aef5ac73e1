using System.CommandLine;
using FaceVoice.Cli.Hub;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Commands.Models;

/// <summary><c>facevoice models pull</c>: a model of a hub into this machine's cache, ready for <c>--model OWNER/NAME</c>.</summary>
internal static class ModelsPullCommand
{
    private const string Description = """
        Fetches a model from a hub and makes a bundle of it, for --model OWNER/NAME in every command.

        A repository can be a bundle of ours (manifest.json), a SpeechBrain x-vector or ECAPA encoder (hyperparams.yaml, which is read and
        never executed), or hold a face encoder as ONNX. Only the files that are needed are fetched. Each must have the hash that the hub
        names; a download that was stopped goes on where it was. Files lie in the hub's own cache folder, so what other programs fetched is
        found and not fetched again.

        HF_ENDPOINT names the hub, HF_TOKEN the access token, HF_HOME or HF_HUB_CACHE the cache; HF_HUB_OFFLINE=1 asks the cache alone.

        Examples:
          facevoice models pull speechbrain/spkrec-ecapa-voxceleb
          facevoice models pull OWNER/NAME@COMMIT --kind face --file face.onnx --channel-order rgb --mean 127.5 --scale 127.5
          facevoice serve --model speechbrain/spkrec-ecapa-voxceleb
        """;

    public static Command Create()
    {
        var name = new Argument<string>("OWNER/NAME[@REVISION]") { Description = "The repository; a branch, tag or commit. Default: main." };
        var kind = new Option<string?>("--kind") { Description = "What it is. Default: told by its files." };
        kind.AcceptOnlyFromAmong(HubPull.BundleKind, HubPull.SpeakerKind, HubPull.FaceKind);
        var file = new Option<string?>("--file") { Description = "The ONNX file of a face encoder, if there are several.", HelpName = "PATH" };
        var vector = new Option<string?>("--output-name") { Description = "Its output with the vector. Default: the one with the most values." };
        var side = new Option<int?>("--image-size") { Description = "Side of its input, in pixels. Default: what the network declares." };
        var order = new Option<string?>("--channel-order") { Description = "Which colour comes first." };
        order.AcceptOnlyFromAmong("rgb", "bgr");
        var mean = new Option<float?>("--mean") { Description = "What is subtracted from the bytes 0 to 255." };
        var scale = new Option<float?>("--scale") { Description = "What the difference is divided by." };
        var licence = new Option<string?>("--licence") { Description = "Licence of a face encoder. Default: what its model card states." };
        var size = new Option<int>("--max-size") { Description = "The largest file that is fetched, in MB.", HelpName = "MB" };
        size.DefaultValueFactory = _ => 4096;
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("pull", Description) { name, kind, file, vector, side, order, mean, scale, licence, size, json };
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(name);
            var model = HubModelName.TryParse(text) ?? throw new UsageException($"'{text}' is no OWNER/NAME[@REVISION].");
            if (parsed.GetValue(size) < 1)
            {
                throw new UsageException("--max-size is 1 or more.");
            }

            var (colours, subtracted, divisor) = (parsed.GetValue(order), parsed.GetValue(mean), parsed.GetValue(scale));
            var face = (colours, subtracted, divisor) is ({ } first, { } m, { } s) ? new FaceNetworkImport
            {
                File = "",
                Folder = "",
                Output = parsed.GetValue(vector),
                ImageSize = parsed.GetValue(side),
                ChannelOrder = first,
                Mean = m,
                Scale = s is > 0 or < 0 ? s : throw new UsageException("--scale is not 0."),
                Licence = parsed.GetValue(licence),
            }
            : null;
            var settings = HubSettings.FromEnvironment() with { MaxFileBytes = parsed.GetValue(size) * 1_000_000L };
            var pull = new HubPull(settings, model, new HubProgress())
            {
                Kind = parsed.GetValue(kind),
                File = parsed.GetValue(file),
                Face = face,
            };
            Write(await pull.RunAsync(cancellationToken), parsed.GetValue(json));
            return ExitCode.Done;
        });
    }

    private static void Write(HubPullResult result, bool json)
    {
        var bundle = result.Bundle;
        if (json)
        {
            Console.WriteLine(CliJson.Line(new
            {
                Model = result.Model.Id,
                result.Model.Revision,
                result.Commit,
                result.Kind,
                bundle.Directory,
                bundle.ModelId,
                result.Licence,
                result.FetchedBytes,
            }));
            return;
        }

        Console.WriteLine($"{result.Model.Id} at {result.Commit}: {result.Kind}, model id {bundle.ModelId[..16]}");
        Console.WriteLine($"  folder   {bundle.Directory}");
        Console.WriteLine($"  licence  {result.Licence ?? "not stated on its model card"}");
        Console.WriteLine(
            $"  use it   facevoice serve --model {result.Model}      this very state: --model {result.Model.Id}@{result.Commit}");
    }
}
