namespace FaceVoice.Models.Bundles;

/// <summary>What the parts of a manifest must have to do with one another.</summary>
internal static class ManifestRules
{
    public static void Check(ModelManifest manifest, string source)
    {
        Require(manifest.Encoders.Face is not null || manifest.Encoders.Speaker is not null || manifest.Heads is not null,
            source, "the model has neither an encoder nor heads.");
        CheckDimension(source, "face encoder", manifest.Encoders.Face?.Dimension, "dimensions.face", manifest.Dimensions.Face);
        CheckDimension(source, "speaker encoder", manifest.Encoders.Speaker?.Dimension, "dimensions.speaker", manifest.Dimensions.Speaker);
        Require(manifest.Encoders.JointFace is null || manifest.Heads is not null,
            source, "a face network of the joint space (encoders.joint_face) is named, but there are no heads.");
        if (manifest.Heads is { } heads)
        {
            var (part, width) = manifest.Encoders.JointFace is { } joint
                ? ("encoders.joint_face", joint.Dimension)
                : ("dimensions.face", manifest.Dimensions.Face);
            CheckDimension(source, "input of the face head", heads.Face.InputDimension, part, width);
            CheckDimension(source, "input of the voice head", heads.Voice.InputDimension, "dimensions.speaker", manifest.Dimensions.Speaker);
            CheckDimension(source, "output of the face head", heads.Face.OutputDimension, "dimensions.joint", manifest.Dimensions.Joint);
            CheckDimension(source, "output of the voice head", heads.Voice.OutputDimension, "dimensions.joint", manifest.Dimensions.Joint);
        }

        foreach (var file in ReferencedFiles(manifest).Concat(manifest.Files.Keys))
        {
            RequireFileName(file, source);
        }

        foreach (var calibration in new[] { manifest.Calibration?.Joint, manifest.Calibration?.Speaker, manifest.Calibration?.Face })
        {
            Require(calibration is null || (double.IsFinite(calibration.PlattScale) && double.IsFinite(calibration.PlattOffset) && calibration.PlattScale > 0),
                source, "a calibration needs finite numbers and a scale above zero.");
            Require(calibration?.PlattCeiling is null or (> 0 and <= 1),
                source, "the ceiling of a calibration (platt_ceiling) must lie above 0 and not above 1.");
            Require(calibration is null || IsRising(calibration.Isotonic),
                source, "the points of a calibration must be (score, probability) pairs with rising scores and probabilities that do not fall.");
        }
    }

    /// <summary>The files that the parts name, without the texts beside them.</summary>
    public static IEnumerable<string> ReferencedFiles(ModelManifest manifest)
    {
        if (manifest.Encoders.Face?.File is { } face)
        {
            yield return face;
        }

        if (manifest.Encoders.JointFace?.File is { } joint)
        {
            yield return joint;
        }

        if (manifest.Encoders.Speaker is { } speaker)
        {
            yield return speaker.File;
        }

        if (manifest.Heads is { } heads)
        {
            yield return heads.Face.File;
            yield return heads.Voice.File;
        }
    }

    public static string ComputeModelId(ModelManifest manifest)
    {
        var hashes = manifest.Files.ToList();
        if (manifest.Encoders.Face is { File: null } external)
        {
            hashes.Add(new("encoder:face", external.Sha256));
        }

        if (manifest.Encoders.JointFace is { File: null } ofJoint)
        {
            hashes.Add(new("encoder:joint_face", ofJoint.Sha256));
        }

        return ContentHash.OfNamed(hashes);
    }

    private static bool IsRising(IReadOnlyList<IReadOnlyList<double>> points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i] is not [var score, var probability] || !double.IsFinite(score) || probability is not (>= 0 and <= 1)
                || (i > 0 && (score <= points[i - 1][0] || probability < points[i - 1][1])))
            {
                return false;
            }
        }

        return true;
    }

    // A name that could leave the folder must never reach the file system.
    private static void RequireFileName(string file, string source)
    {
        var plain = file.Length is > 0 and <= 128 && file[0] is not ('.' or '-') && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        Require(plain && file != ModelBundle.ManifestFile, source, $"'{file}' cannot be a file of a bundle: letters, digits, '.', '_' and '-' only.");
    }

    private static void CheckDimension(string source, string part, int? actual, string property, int? expected) =>
        Require(actual is null || (actual == expected && actual > 0), source, $"the {part} has {actual} values, but {property} says {expected?.ToString() ?? "nothing"}.");

    private static void Require(bool condition, string source, string message)
    {
        if (!condition)
        {
            throw new ModelFormatException($"{source}: {message}");
        }
    }
}
