using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;

namespace FaceVoice.Cli.Commands.Training;

/// <summary><c>facevoice synth</c>: data whose best possible score is known.</summary>
internal static class SynthCommand
{
    public static Command Create()
    {
        var command = new Command("synth", "Makes data whose best possible score is known, to try a trainer on.");
        command.Subcommands.Add(CreateFeatures());
        return command;
    }

    private static Command CreateFeatures()
    {
        var output = new Option<string>("--out") { Required = true, Description = "Where to write faces.npy, voices.npy and samples.jsonl.", HelpName = "DIR" };
        var preset = new Option<string>("--preset") { Description = "Best possible AUC against anybody / the same gender: easy 0.98 / 0.965, realistic 0.88 / 0.77, hard 0.65 / 0.60.", DefaultValueFactory = _ => "realistic" };
        preset.AcceptOnlyFromAmong([.. SyntheticPresets.Names]);
        var identities = new Option<int?>("--identities") { Description = "People." };
        var samples = new Option<int?>("--samples") { Description = "Faces and clips of each." };
        var faceDimension = new Option<int?>("--face-dim") { Description = "Length of a face feature." };
        var voiceDimension = new Option<int?>("--voice-dim") { Description = "Length of a voice feature." };
        var shared = new Option<int?>("--shared-dims") { Description = "Hidden coordinates that face and voice share." };
        var own = new Option<int?>("--private-dims") { Description = "Hidden coordinates on each side that say nothing about the other." };
        var correlation = new Option<double?>("--correlation") { Description = "Correlation of a shared coordinate between a face and a voice of one person, 0 to 1." };
        var genderNoise = new Option<double?>("--gender-noise") { Description = "Noise on the gender coordinate, whose values are +1 and -1." };
        var personShare = new Option<double?>("--person-share") { Description = "Share of what is not shared that belongs to the person; averaging cannot remove it." };
        var mixing = new Option<FeatureMixing?>("--mixing") { Description = "How coordinates become features: Linear or NonLinear." };
        var seed = new Option<ulong>("--seed") { Description = "The same settings and seed give the same numbers.", DefaultValueFactory = _ => 1UL };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var command = new Command("features", "Writes features of people whose faces and voices share a known part, and prints the best AUC that any model can reach on them.")
        {
            output, preset, identities, samples, faceDimension, voiceDimension, shared, own, correlation, genderNoise, personShare, mixing, seed, json,
        };
        return command.Runs((parsed, _) =>
        {
            var basis = SyntheticPresets.Get(parsed.GetValue(preset)!);
            var options = basis with
            {
                Identities = parsed.GetValue(identities) ?? basis.Identities,
                SamplesPerIdentity = parsed.GetValue(samples) ?? basis.SamplesPerIdentity,
                FaceDimension = parsed.GetValue(faceDimension) ?? basis.FaceDimension,
                VoiceDimension = parsed.GetValue(voiceDimension) ?? basis.VoiceDimension,
                SharedDimensions = parsed.GetValue(shared) ?? basis.SharedDimensions,
                PrivateDimensions = parsed.GetValue(own) ?? basis.PrivateDimensions,
                Correlation = parsed.GetValue(correlation) ?? basis.Correlation,
                GenderNoise = parsed.GetValue(genderNoise) ?? basis.GenderNoise,
                PersonShare = parsed.GetValue(personShare) ?? basis.PersonShare,
                Mixing = parsed.GetValue(mixing) ?? basis.Mixing,
                Seed = parsed.GetValue(seed),
            };
            var set = FeatureSynthesizer.Generate(options);
            FeatureFolder.Save(set, parsed.GetValue(output)!);
            Print(set, options, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static void Print(FeatureSet set, SyntheticFeatureOptions options, bool json)
    {
        var oracle = set.Oracle!;
        if (json)
        {
            Console.WriteLine(new JsonObject
            {
                ["identities"] = options.Identities,
                ["samples"] = set.Samples.Length,
                ["best_auc_uncontrolled"] = oracle.UncontrolledAuc,
                ["best_auc_gender_controlled"] = oracle.GenderControlledAuc,
                ["best_auc_gender_controlled_of_uncontrolled_score"] = oracle.GenderControlledAucOfUncontrolledScore,
                ["standard_error"] = SyntheticOptimum.StandardError,
            }.ToJsonString());
            return;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Identities} people, {set.Samples.Length} samples; faces of {options.FaceDimension}, voices of {options.VoiceDimension} values."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Best possible AUC, one face against one clip: {oracle.UncontrolledAuc:F4} against anybody (U), {oracle.GenderControlledAuc:F4} against the same gender (G), each within {2 * SyntheticOptimum.StandardError:F4}."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Each optimum belongs to a score of its own: the one that is best for U reaches {oracle.GenderControlledAucOfUncontrolledScore:F4} in G, where what it says about gender is noise. Train with --same-gender-weight 4 for both, with --hard-negatives 1 for G alone."));
    }
}
