using System.Globalization;
using System.Text;
using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Export;

/// <summary>Makes a model bundle from a trained pair of heads: ONNX, safetensors, calibration, model card.</summary>
public static class HeadBundle
{
    /// <summary>Writes a bundle.</summary>
    /// <param name="checkpoint">The heads.</param>
    /// <param name="folder">The bundle's folder; files of the same names are replaced.</param>
    /// <param name="content">What the bundle says of itself.</param>
    /// <returns>The bundle, sealed: its id covers its files.</returns>
    /// <exception cref="ModelFormatException">Heads and encoders do not fit together.</exception>
    public static ModelBundle Write(HeadCheckpoint checkpoint, string folder, HeadBundleContent content)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(content);
        RequireSameEncoder(checkpoint, content.SpeakerBundle);
        Directory.CreateDirectory(folder);
        var (face, voice) = Export(checkpoint);
        Put(folder, ModelBundle.FaceHeadFile, face.Onnx.Span);
        Put(folder, ModelBundle.VoiceHeadFile, voice.Onnx.Span);
        new SafeTensorsFile(
            [
                .. checkpoint.Face.Values.Select(tensor => tensor.WithName("face_head." + tensor.Name)),
                .. checkpoint.Voice.Values.Select(tensor => tensor.WithName("voice_head." + tensor.Name)),
            ]).Write(Path.Combine(folder, ModelBundle.HeadWeightsFile));
        if (content.SpeakerBundle is { } speaker)
        {
            var target = Path.Combine(folder, ModelBundle.SpeakerFile);
            if (Path.GetFullPath(speaker.SpeakerEncoderPath) != Path.GetFullPath(target))
            {
                File.Copy(speaker.SpeakerEncoderPath, target, overwrite: true);
            }
        }

        var draft = Manifest(content, face, voice, checkpoint, PutFaceNetworks(checkpoint, content, face.InputDimension, folder));
        var bundle = ModelBundle.Create(folder, draft);
        Put(folder, ModelBundle.ModelCardFile, Encoding.UTF8.GetBytes(HeadCard.Merge(Card(content.SpeakerBundle?.Directory) ?? $"# {content.Name}", HeadCard.Render(checkpoint, content))));
        return bundle;
    }

    /// <summary>
    /// Puts a trained model where it is to be used: a new folder, or one that holds an earlier model with the same speaker encoder.
    /// </summary>
    /// <param name="trained">The model of a run.</param>
    /// <param name="folder">Where to. A model card that is there keeps its other parts.</param>
    /// <param name="name">The model's name there.</param>
    /// <param name="licences">Licences to be named beside those of the encoders.</param>
    /// <exception cref="IOException">The folder holds something that is no model.</exception>
    /// <exception cref="ModelMismatchException">The model there has another speaker encoder than the heads were trained on.</exception>
    public static ModelBundle Publish(ModelBundle trained, string folder, string name, IReadOnlyList<LicenceNotice> licences)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(licences);
        RequirePlace(trained, folder);
        Directory.CreateDirectory(folder);
        foreach (var file in trained.Manifest.Files.Keys)
        {
            Put(folder, file, File.ReadAllBytes(Path.Combine(trained.Directory, file)));
        }

        var bundle = ModelBundle.Create(folder, trained.Manifest with
        {
            Name = name,
            Created = null,
            Licences = [.. trained.Manifest.Licences.Concat(licences).DistinctBy(licence => licence.Subject)],
        });
        var part = HeadCard.Find(Card(trained.Directory) ?? "") ?? HeadCard.Heading + "\n";
        Put(folder, ModelBundle.ModelCardFile, Encoding.UTF8.GetBytes(HeadCard.Merge(Card(folder) ?? $"# {name}", part)));
        return bundle;
    }

    /// <summary>The heads as ONNX.</summary>
    /// <param name="checkpoint">The heads.</param>
    public static (HeadModel Face, HeadModel Voice) Export(HeadCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return (HeadExporter.Export("face_head", checkpoint.Face), HeadExporter.Export("voice_head", checkpoint.Voice));
    }

    private static void RequirePlace(ModelBundle trained, string folder)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return;
        }

        if (!File.Exists(Path.Combine(folder, ModelBundle.ManifestFile)))
        {
            throw new IOException($"{folder} is not empty and holds no model; choose another folder.");
        }

        var there = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, ModelBundle.ManifestFile)), folder).Encoders.Speaker?.Sha256;
        if (there is not null && there != trained.Manifest.Encoders.Speaker?.Sha256)
        {
            throw new ModelMismatchException($"the speaker encoder in {folder}", trained.Manifest.Encoders.Speaker?.Sha256 ?? "none", there);
        }
    }

    private static void RequireSameEncoder(HeadCheckpoint checkpoint, ModelBundle? encoders)
    {
        if (encoders?.Manifest.Encoders.Speaker is { } speaker && ContentHash.IsWellFormed(checkpoint.VoiceEncoder) && speaker.Sha256 != checkpoint.VoiceEncoder)
        {
            throw new ModelMismatchException($"the speaker encoder of {encoders.Directory}", checkpoint.VoiceEncoder, speaker.Sha256);
        }
    }

    private static string? Card(string? folder) =>
        folder is not null && File.Exists(Path.Combine(folder, ModelBundle.ModelCardFile)) ? File.ReadAllText(Path.Combine(folder, ModelBundle.ModelCardFile)) : null;

    private static ModelManifest Manifest(HeadBundleContent content, HeadModel face, HeadModel voice, HeadCheckpoint checkpoint, EncoderSpecs faces)
    {
        var speaker = content.SpeakerBundle?.Manifest;
        return new()
        {
            Name = content.Name,
            Dimensions = new() { Joint = face.OutputDimension, Face = faces.Face?.Dimension ?? face.InputDimension, Speaker = voice.InputDimension },
            Encoders = faces with { Speaker = speaker?.Encoders.Speaker },
            Heads = new()
            {
                Face = new() { File = ModelBundle.FaceHeadFile, InputDimension = face.InputDimension, OutputDimension = face.OutputDimension },
                Voice = new() { File = ModelBundle.VoiceHeadFile, InputDimension = voice.InputDimension, OutputDimension = voice.OutputDimension },
            },
            Capability = Capability(checkpoint, content.Evaluation),
            Calibration = Calibration(content, speaker),
            Training = Training(content, checkpoint, speaker),
            Licences = [.. (speaker?.Licences ?? []).Concat(content.Licences).DistinctBy(licence => licence.Subject)],
        };
    }

    /// <summary>
    /// What the manifest says of face networks: the face space keeps the encoder that it has, and heads that learnt on another network name that one
    /// beside it. A network that lies in a bundle goes along as a file.
    /// </summary>
    private static EncoderSpecs PutFaceNetworks(HeadCheckpoint checkpoint, HeadBundleContent content, int dimension, string folder)
    {
        if (!ContentHash.IsWellFormed(checkpoint.FaceEncoder))
        {
            return new EncoderSpecs(); // features from elsewhere: nobody knows of what
        }

        var ofSpace = (content.SpeakerBundle is { } bundle ? FaceNetwork.OfFaceSpace(bundle) : null) ?? new FaceNetwork(FaceModels.EncoderSpec, null);
        FaceNetwork?[] known =
        [
            ofSpace,
            content.SpeakerBundle is { } encoders ? FaceNetwork.OfHeads(encoders) : null,
            content.FaceNetwork,
            new FaceNetwork(FaceModels.DescriptorSpec, null),
            new FaceNetwork(FaceModels.EncoderSpec, null),
        ];
        if (known.FirstOrDefault(network => network?.Spec.Sha256 == checkpoint.FaceEncoder) is not { } ofHeads)
        {
            // Features of a network that is not at hand: its hash refuses every other one.
            return new EncoderSpecs { Face = new() { Name = "unknown", Sha256 = checkpoint.FaceEncoder, Dimension = dimension } };
        }

        return new EncoderSpecs
        {
            Face = PutFaceNetwork(ofSpace, folder, "face.onnx"),
            JointFace = ofHeads.Spec.Sha256 == ofSpace.Spec.Sha256 ? null : PutFaceNetwork(ofHeads, folder, "joint_face.onnx"),
        };
    }

    private static FaceEncoderSpec PutFaceNetwork(FaceNetwork network, string folder, string name)
    {
        if (network.Path is { } path)
        {
            Put(folder, name, File.ReadAllBytes(path));
        }

        return network.Spec with { File = network.Path is null ? null : name };
    }

    /// <summary>
    /// What training and evaluation showed. Heads that learnt identity, but tell people of one gender apart no better than chance, know
    /// nothing of identity.
    /// </summary>
    private static ModelCapability Capability(HeadCheckpoint checkpoint, EvaluationReport? evaluation)
    {
        var positives = checkpoint.Options.Positives;
        var knowsGender = positives != PositiveRelation.Identity || evaluation?.GenderAssociation is { Lower: > 0.5 };
        return new ModelCapability
        {
            Associates = [.. knowsGender ? ["gender"] : Array.Empty<string>(), .. positives == PositiveRelation.GenderAndAge ? ["age"] : Array.Empty<string>()],
            Identity = positives == PositiveRelation.Identity && evaluation?.GenderControlled is not { Verification.Auc.Lower: <= 0.5 },
        };
    }

    private static CalibrationSpecs? Calibration(HeadBundleContent content, ModelManifest? speaker) =>
        content.Evaluation?.Calibration is { } fitted
            ? (speaker?.Calibration ?? new()) with { Joint = fitted.Chosen with { Data = content.Evaluation.Data } }
            : speaker?.Calibration;

    private static Dictionary<string, TrainingSummary> Training(HeadBundleContent content, HeadCheckpoint checkpoint, ModelManifest? speaker)
    {
        var training = new Dictionary<string, TrainingSummary>(speaker?.Training ?? new Dictionary<string, TrainingSummary>());
        var metrics = new Dictionary<string, double>();
        if (content.Evaluation is { } evaluation)
        {
            metrics["auc_uncontrolled"] = evaluation.Uncontrolled.Verification.Auc.Estimate;
            metrics["eer_uncontrolled"] = evaluation.Uncontrolled.Verification.EqualErrorRate.Estimate;
            if (evaluation.GenderAssociation is { } association)
            {
                metrics["auc_gender_association"] = association.Estimate;
            }

            if (evaluation.GenderControlled is { } controlled)
            {
                metrics["auc_gender_controlled"] = controlled.Verification.Auc.Estimate;
            }
        }
        else if (double.IsFinite(checkpoint.BestValidationAuc))
        {
            metrics["validation_auc"] = checkpoint.BestValidationAuc;
        }

        training["heads"] = new()
        {
            Data = content.Data,
            Identities = content.Identities,
            Samples = content.Samples,
            Steps = checkpoint.Steps,
            Command = content.Command,
            Metrics = metrics,
            Notes = content.Notes ?? string.Create(CultureInfo.InvariantCulture, $"best epoch {checkpoint.BestEpoch}"),
        };
        return training;
    }

    private static void Put(string folder, string name, ReadOnlySpan<byte> content)
    {
        var bytes = content.ToArray();
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(bytes));
    }
}

/// <summary>What a bundle of heads says of itself.</summary>
public sealed record HeadBundleContent
{
    /// <summary>Gets the bundle's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the data in words.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the people trained on.</summary>
    public int? Identities { get; init; }

    /// <summary>Gets the samples trained on.</summary>
    public long? Samples { get; init; }

    /// <summary>Gets the command that trained it.</summary>
    public string? Command { get; init; }

    /// <summary>Gets what must be known when using it.</summary>
    public string? Notes { get; init; }

    /// <summary>Gets the bundle whose speaker encoder goes along; null for heads alone.</summary>
    public ModelBundle? SpeakerBundle { get; init; }

    /// <summary>
    /// Gets the face network that the heads learnt on, if it is neither in <see cref="SpeakerBundle"/> nor one that travels with the
    /// program.
    /// </summary>
    public FaceNetwork? FaceNetwork { get; init; }

    /// <summary>Gets the evaluation whose calibration and figures go along.</summary>
    public EvaluationReport? Evaluation { get; init; }

    /// <summary>Gets the licences of what it rests on.</summary>
    public IReadOnlyList<LicenceNotice> Licences { get; init; } = [];
}
