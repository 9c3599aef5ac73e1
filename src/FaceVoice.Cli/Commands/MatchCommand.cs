using System.CommandLine;
using System.Globalization;
using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Inference.Matching;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands;

/// <summary><c>facevoice match</c>: how well one face and one voice go together.</summary>
internal static class MatchCommand
{
    public static Command Create()
    {
        var face = new Argument<string>("FACE") { Description = "An image with a face (JPEG, PNG, WebP); - reads standard input." };
        var voice = new Argument<string>("VOICE") { Description = "A recording with speech, or a video with audio; - reads standard input." };
        var model = ModelOptions.Model();
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var command = new Command("match", "Tells how well a face and a voice go together: a statistical score, never proof of identity.") { face, voice, model, json };
        var audio = new AudioOptions(command);
        var remote = new ServerOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            using var server = remote.Connect(parsed, [("--model", parsed.GetValue(model) is not null), .. audio.Given(parsed)]);
            var (facePath, voicePath) = (parsed.GetValue(face)!, parsed.GetValue(voice)!);
            if (facePath == MediaFile.Standard && voicePath == MediaFile.Standard)
            {
                throw new UsageException("one of the two can be read from standard input, not both.");
            }

            var report = server is null
                ? await MatchAsync(parsed.GetValue(model), audio.Read(parsed), facePath, voicePath, cancellationToken)
                : await RemoteWork.MatchAsync(server, facePath, voicePath, cancellationToken);
            Console.WriteLine(parsed.GetValue(json) ? CliJson.Line(report) : Describe(report));
            return ExitCode.Done;
        });
    }

    private static async Task<MatchReport> MatchAsync(
        string? model, AudioDecoderOptions audio, string facePath, string voicePath, CancellationToken cancellationToken)
    {
        using var engine = FaceVoiceEngine.Open(ModelBundle.Open(ModelDirectory.Resolve(model)), new FaceVoiceEngineOptions { Audio = audio });
        var faceMedia = await MediaFile.ReadAsync(facePath, cancellationToken);
        var voiceMedia = await MediaFile.ReadAsync(voicePath, cancellationToken);
        var face = engine.Faces.EmbedAsync(faceMedia, cancellationToken);
        var voice = engine.Voices.EmbedAsync(voiceMedia, cancellationToken);
        await Task.WhenAll(face, voice);
        var result = engine.Matcher.Match(await face, await voice);
        foreach (var warning in (await voice).Warnings.Except(result.Evidence.Reasons))
        {
            await Console.Error.WriteLineAsync($"facevoice match: {voicePath}: {warning}");
        }

        return new MatchReport(
            result.Score,
            result.Probability,
            result.Evidence.IsSufficient,
            result.Evidence.Reasons,
            (await face).Quality,
            (await voice).Quality,
            result.ModelId,
            result.Capability,
            result.Meaning);
    }

    private static string Describe(MatchReport report)
    {
        var probability = report.Probability is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:P1}") : "not calibrated";
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"score        {report.Score:F4}"),
            $"probability  {probability}",
        };
        if (report.Capability is { } capability)
        {
            lines.Add($"the model    {capability.Statement}");
        }

        lines.AddRange(report.Reasons.Select(reason => $"not enough evidence: {reason}"));
        lines.Add(report.Meaning);
        return string.Join(Environment.NewLine, lines);
    }
}
