using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Export;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Tests.Heads;

namespace FaceVoice.Training.Tests.Export;

public sealed class HeadBundleTests : IDisposable
{
    private static readonly DualTrainingOptions Options = TrainingScene.Options with { NumEpochs = 2, EmaDecay = 0.9, Hidden = [48, 32] };
    private static readonly Lazy<EvaluationReport> Report = new(() => new Evaluator(new() { BootstrapReplicates = 10 }).Evaluate("m", "synthetic", Joint(0), Joint(60)));
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>The scaler is folded into the first layer and the running mean exported: all of that within 1e-5 of LibTorch.</summary>
    [Fact]
    public void Export_TrainedHeads_EqualLibTorch()
    {
        var checkpoint = Train();
        var (face, voice) = HeadBundle.Export(checkpoint);
        var joint = JointProjector.Project(TrainingScene.Easy, face.Onnx.ToArray(), voice.Onnx.ToArray());

        var file = SafeTensorsFile.Read(Path.Combine(_scene.Run("run"), "checkpoints", "best.safetensors"));
        using var model = new DualModel(Options, new(24, 1), new(20, 1));
        model.Load(file.Tensors);
        var scaled = TrainingScene.Easy.WithFeatures(Scaler(file, "face").Apply(TrainingScene.Easy.Faces), Scaler(file, "voice").Apply(TrainingScene.Easy.Voices));
        var rows = Enumerable.Range(0, 200).ToArray();
        var (faces, voices, _) = model.Embed(scaled, rows, rows);
        Assert.Equal(0, Largest(faces, joint.Faces), 1e-5);
        Assert.Equal(0, Largest(voices, joint.Voices), 1e-5);
    }

    [Fact]
    public void Publish_FolderWithACard_KeepsItsOtherParts_AndReplacesItsOwn()
    {
        var trained = HeadBundle.Write(Train(), _scene.Run("model"), Content());
        var target = _scene.Run("published");
        var first = HeadBundle.Publish(trained, target, "mine", []);
        var card = Path.Combine(target, ModelBundle.ModelCardFile);
        File.WriteAllText(card, File.ReadAllText(card).Replace("# mine", "# mine\n\nWritten by hand.", StringComparison.Ordinal) + "\n## Afterwards\n\nThe end.\n");
        var second = HeadBundle.Publish(trained, target, "mine", [new() { Subject = "portraits", Licence = "MIT" }]);

        var text = File.ReadAllText(card);
        Assert.Equal(first.ModelId, second.ModelId);
        Assert.Contains("Written by hand.", text, StringComparison.Ordinal);
        Assert.Contains("The end.", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split(HeadCard.Heading).Length);
        Assert.Contains(ModelBundle.Open(target).Manifest.Licences, licence => licence.Subject == "portraits");
        Assert.NotNull(second.Manifest.Calibration?.Joint);
    }

    [Fact]
    public void Publish_FolderOfSomethingElse_IsRefused()
    {
        var trained = HeadBundle.Write(Train(), _scene.Run("model"), Content());
        Directory.CreateDirectory(_scene.Run("photos"));
        File.WriteAllText(Path.Combine(_scene.Run("photos"), "a.txt"), "not a model");
        Assert.Throws<IOException>(() => HeadBundle.Publish(trained, _scene.Run("photos"), "mine", []));
    }

    [Fact]
    public void Render_GenderHeads_SayThatTheyKnowNothingOfIdentity()
    {
        _scene.Train(Options with { Positives = PositiveRelation.Gender }, TrainingScene.Easy);
        var card = HeadCard.Render(HeadCheckpoint.Open(Path.Combine(_scene.Run("run"), "checkpoints")), Content());
        Assert.Contains("nothing about identity", card, StringComparison.Ordinal);
        Assert.Contains("| AUC |", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HeadsOnAFaceNetworkOfTheirOwn_NameItBesideTheFaceSpaceAndTakeItsFileAlong()
    {
        var network = _scene.Run("network.onnx");
        File.WriteAllText(network, "a network");
        var spec = new FaceEncoderSpec { Name = "own", Sha256 = ContentHash.OfFile(network), Dimension = 24, Output = "feats" };
        var faces = new FeatureMatrix(TrainingScene.Easy.Faces.Values.ToArray(), 24, spec.Sha256);
        _scene.Train(Options, TrainingScene.Easy.WithFeatures(faces, TrainingScene.Easy.Voices));
        var checkpoint = HeadCheckpoint.Open(Path.Combine(_scene.Run("run"), "checkpoints"));
        var manifest = HeadBundle.Write(checkpoint, _scene.Run("model"), Content() with { FaceNetwork = new FaceNetwork(spec, network) }).Manifest;

        Assert.Equal(512, manifest.Dimensions.Face);
        Assert.Equal("faceplugin", manifest.Encoders.Face!.Name);
        Assert.Equal(spec with { File = "joint_face.onnx" }, manifest.Encoders.JointFace);
        Assert.Equal(manifest.Encoders.JointFace, FaceNetwork.OfHeads(ModelBundle.Open(_scene.Run("model")))!.Spec);
        var published = HeadBundle.Publish(ModelBundle.Open(_scene.Run("model")), _scene.Run("published"), "mine", []);
        Assert.Equal(manifest.ModelId, published.ModelId);
        Assert.True(File.Exists(published.JointFaceEncoderPath));

        // A network that is nowhere at hand still has its hash, which refuses every other one.
        var unknown = HeadBundle.Write(checkpoint, _scene.Run("unknown"), Content()).Manifest.Encoders;
        Assert.Equal(("unknown", spec.Sha256), (unknown.Face!.Name, unknown.Face.Sha256));
        Assert.Null(unknown.JointFace);
    }

    [Theory]
    [InlineData(PositiveRelation.Gender, false, "associates gender; knows nothing of identity")]
    [InlineData(PositiveRelation.Identity, true, "associates faces and voices of the same people; statistical, never proof of identity")]
    public void Write_Heads_SayWhatTheyKnow(PositiveRelation positives, bool identity, string statement)
    {
        _scene.Train(Options with { Positives = positives }, TrainingScene.Easy);
        var checkpoint = HeadCheckpoint.Open(Path.Combine(_scene.Run("run"), "checkpoints"));
        var capability = HeadBundle.Write(checkpoint, _scene.Run("model"), Content()).Manifest.Capability!;
        Assert.Equal(identity, capability.Identity);
        Assert.Equal(statement, capability.Statement);
    }

    private static HeadBundleContent Content() => new() { Name = "heads", Data = "synthetic", Evaluation = Report.Value };

    /// <summary>60 people whose voices lie near their faces, as if in the joint space.</summary>
    private static FeatureSet Joint(int from)
    {
        var part = TrainingScene.Easy.Select([.. Enumerable.Range(3 * from, 180)]);
        return part.WithFeatures(new(Cut(part.Faces), 20, "joint"), new(part.Voices.Values.ToArray(), 20, "joint"));
    }

    private static float[] Cut(FeatureMatrix faces) => [.. Enumerable.Range(0, faces.Rows).SelectMany(row => faces.Row(row)[..20].ToArray())];

    private HeadCheckpoint Train()
    {
        _scene.Train(Options, TrainingScene.Easy);
        return HeadCheckpoint.Open(Path.Combine(_scene.Run("run"), "checkpoints"));
    }

    private static FeatureScaler Scaler(SafeTensorsFile file, string side) =>
        FeatureScaler.FromValues(file.Tensors[$"scaler.{side}.mean"].Floats.ToArray(), file.Tensors[$"scaler.{side}.scale"].Floats.ToArray());

    private static double Largest(float[] expected, FeatureMatrix actual) =>
        expected.Zip(actual.Values[..expected.Length].ToArray(), (e, a) => Math.Abs((double)e - a)).Max();
}
