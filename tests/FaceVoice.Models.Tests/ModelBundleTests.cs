using System.Text;
using System.Text.Json.Nodes;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests;

/// <summary>Bundles that are whole, and every way in which one may not be.</summary>
public sealed class ModelBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_ThenOpen_KeepsEverything()
    {
        var made = Make();
        var opened = ModelBundle.Open(_folder.Path);

        Assert.Equal(made.ModelId, opened.ModelId);
        Assert.True(ContentHash.IsWellFormed(opened.ModelId));
        Assert.Equal(made.Manifest.ToJson(), opened.Manifest.ToJson());
        Assert.Equal(_folder.File("speaker.onnx"), opened.SpeakerEncoderPath);
        Assert.Equal(_folder.File("face_head.onnx"), opened.FaceHeadPath);
        Assert.Null(opened.FaceEncoderPath);
        Assert.Equal(4, opened.Manifest.Files.Count);
        Assert.Equal(0.5, opened.Manifest.Calibration!.Joint!.Probability(0.25), 1e-12);
    }

    [Fact]
    public void ModelId_IsTheHashOfTheListOfHashes()
    {
        var bundle = Make();
        var lines = bundle.Manifest.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Value}  {f.Key}\n")
            .Prepend($"{bundle.Manifest.Encoders.Face!.Sha256}  encoder:face\n");
        Assert.Equal(ContentHash.OfBytes(Encoding.UTF8.GetBytes(string.Concat(lines))), bundle.ModelId);
    }

    [Fact]
    public void Probability_WithACeiling_LevelsOffThere()
    {
        var calibration = new ScoreCalibration { PlattScale = 20, PlattOffset = 0, PlattCeiling = 0.6 };
        Assert.Equal(0, calibration.Probability(-1), 1e-6);
        Assert.Equal(0.3, calibration.Probability(0), 1e-6);
        Assert.Equal(0.6, calibration.Probability(1), 1e-6);
        Assert.Equal(1, (calibration with { PlattCeiling = null }).Probability(1), 1e-6);
    }

    [Fact]
    public void ModelId_OtherCalibrationOrCard_StaysTheSame()
    {
        var first = Make();
        File.WriteAllText(_folder.File(ModelBundle.ModelCardFile), "words");
        var second = ModelBundle.Create(_folder.Path, Draft() with { Calibration = null, Name = "renamed" });
        Assert.Equal(first.ModelId, second.ModelId);
    }

    [Fact]
    public void ModelId_OtherFaceEncoder_IsAnother()
    {
        var first = Make();
        var draft = Draft();
        var other = draft with { Encoders = draft.Encoders with { Face = draft.Encoders.Face! with { Sha256 = new string('b', 64) } } };
        Assert.NotEqual(first.ModelId, ModelBundle.Create(_folder.Path, other).ModelId);
    }

    [Fact]
    public void ModelId_OfAnOlderSchema_StaysTheSame()
    {
        var bundle = Make();
        var path = _folder.File(ModelBundle.ManifestFile);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["schema_version"] = 1;
        File.WriteAllText(path, manifest.ToJsonString());
        var opened = ModelBundle.Open(_folder.Path);
        Assert.Equal(bundle.ModelId, opened.ModelId);

        // What version 0.1 gives these files; embeddings that were made then stay comparable.
        Assert.Equal("846c4b0417cd1c33bd2a675ce4a9e8bc16e4a8f5580e96d5eca4d9a31fdd81aa", opened.ModelId);
        Assert.Null(opened.Manifest.Capability);
        Assert.Same(opened.Manifest.Encoders.Face, opened.Manifest.Encoders.OfHeads);
    }

    [Fact]
    public void JointFace_InABundle_IsPartOfItsIdAndFeedsTheFaceHead()
    {
        var first = Make();
        var joint = new FaceEncoderSpec { Name = "faceres", Dimension = 1024, Sha256 = new string('c', 64), Output = "global_pooling/Mean" };
        var draft = Draft();
        var wider = draft with
        {
            Encoders = draft.Encoders with { JointFace = joint },
            Heads = draft.Heads! with { Face = draft.Heads.Face with { InputDimension = 1024 } },
        };
        var bundle = ModelBundle.Create(_folder.Path, wider);
        var opened = ModelBundle.Open(_folder.Path);
        Assert.NotEqual(first.ModelId, bundle.ModelId);
        Assert.Equal("global_pooling/Mean", opened.Manifest.Encoders.OfHeads!.Output);
        Assert.Equal(512, opened.Manifest.Dimensions.Face);
        Assert.Null(opened.JointFaceEncoderPath);
        Assert.DoesNotContain("of_heads", Encoding.UTF8.GetString(opened.Manifest.ToJson()));

        Assert.Contains("encoders.joint_face says 1024", Message(draft with { Encoders = wider.Encoders }));
        Assert.Contains("but there are no heads", Message(wider with { Heads = null, Dimensions = draft.Dimensions with { Joint = null } }));
        var nameless = wider with { Encoders = wider.Encoders with { JointFace = joint with { Sha256 = "" } } };
        Assert.Contains("SHA-256 of the face encoder 'faceres' is missing", Message(nameless));
    }

    [Fact]
    public void JointFace_WithAFileOfItsOwn_IsCheckedAsTheOthersAre()
    {
        Make();
        File.WriteAllText(_folder.File("joint.onnx"), "network");
        var draft = Draft();
        var bundle = ModelBundle.Create(_folder.Path, draft with
        {
            Encoders = draft.Encoders with { JointFace = new FaceEncoderSpec { Name = "own", Dimension = 512, File = "joint.onnx" } },
        });
        Assert.Equal(ContentHash.OfFile(_folder.File("joint.onnx")), bundle.Manifest.Encoders.JointFace!.Sha256);
        Assert.Equal(_folder.File("joint.onnx"), ModelBundle.Open(_folder.Path).JointFaceEncoderPath);
        File.AppendAllText(_folder.File("joint.onnx"), "!");
        Assert.Contains("joint.onnx was changed or damaged", Refused());
    }

    [Theory]
    [InlineData(false, "associates gender and age; knows nothing of identity", "gender", "age")]
    [InlineData(false, "associates nothing that was shown; knows nothing of identity")]
    [InlineData(true, "associates faces and voices of the same people, by gender among other things; statistical, never proof of identity", "gender")]
    public void Capability_Statement_SaysWhatIsKnown(bool identity, string statement, params string[] associates) =>
        Assert.Equal(statement, new ModelCapability { Identity = identity, Associates = associates }.Statement);

    [Fact]
    public void Open_ChangedFile_NamesIt()
    {
        Make();
        File.AppendAllText(_folder.File("voice_head.onnx"), "x");
        Assert.Contains("voice_head.onnx was changed or damaged", Refused());
    }

    [Fact]
    public void Open_MissingFile_NamesIt()
    {
        Make();
        File.Delete(_folder.File("heads.safetensors"));
        Assert.Contains("heads.safetensors is missing", Refused());
    }

    [Theory]
    [InlineData("model_id", "\"0000000000000000000000000000000000000000000000000000000000000000\"", "the model id is")]
    [InlineData("schema_version", "3", "schema version 3")]
    [InlineData("schema_version", "\"1\"", "no schema_version")]
    [InlineData("dimensions", "{\"joint\":128,\"face\":512,\"speaker\":192}", "dimensions.joint says 128")]
    [InlineData("dimensions", "null", "not a model manifest")]
    [InlineData("files", "{}", "not the one in the table of files")]
    [InlineData("files", "{\"../speaker.onnx\":\"0\"}", "cannot be a file of a bundle")]
    [InlineData("files", "{\"/etc/passwd\":\"0\"}", "cannot be a file of a bundle")]
    [InlineData("files", "{\".hidden\":\"0\"}", "cannot be a file of a bundle")]
    [InlineData("calibration", "{\"joint\":{\"platt_scale\":-1,\"platt_offset\":0}}", "scale above zero")]
    [InlineData("calibration", "{\"joint\":{\"platt_scale\":1,\"platt_offset\":0,\"platt_ceiling\":1.5}}", "platt_ceiling")]
    public void Open_ManifestThatContradicts_SaysWhere(string property, string value, string message)
    {
        Make();
        var path = _folder.File(ModelBundle.ManifestFile);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest[property] = JsonNode.Parse(value);
        File.WriteAllText(path, manifest.ToJsonString());
        Assert.Contains(message, Refused());
    }

    [Fact]
    public void Open_ManifestOfWords_IsRefused()
    {
        Make();
        File.WriteAllText(_folder.File(ModelBundle.ManifestFile), "hello");
        Assert.Contains("not a model manifest", Refused());
    }

    [Fact]
    public void Open_FolderWithoutManifest_SaysSo() => Assert.Contains("is not a model folder", Refused());

    [Fact]
    public void Open_FolderOfARun_OpensTheBundleInIt()
    {
        var made = Make();
        using var run = new TemporaryFolder();
        Directory.CreateSymbolicLink(run.File("model"), _folder.Path);
        Assert.Equal(made.ModelId, ModelBundle.Open(run.Path).ModelId);
    }

    [Fact]
    public void Open_NoFolder_SaysSo() => Assert.Throws<DirectoryNotFoundException>(() => ModelBundle.Open(_folder.File("nowhere")));

    [Fact]
    public void Manifest_Json_HasTheFieldsOfTheContract()
    {
        var json = JsonNode.Parse(Make().Manifest.ToJson())!;
        Assert.Equal(2, (int)json["schema_version"]!);
        Assert.Equal(256, (int)json["dimensions"]!["joint"]!);
        Assert.Equal("xvector", (string)json["encoders"]!["speaker"]!["architecture"]!);
        Assert.Equal(24, (int)json["encoders"]!["speaker"]!["preprocessing"]!["mel_bins"]!);
        Assert.Equal("eer", (string)json["calibration"]!["joint"]!["thresholds"]![0]!["name"]!);
        Assert.Equal("MIT", (string)json["licences"]![0]!["licence"]!);
    }

    [Fact]
    public void SpeakerOnlyBundle_AskedForAHead_SaysThatThereIsNone()
    {
        File.WriteAllText(_folder.File("speaker.onnx"), "s");
        var draft = Draft();
        var bundle = ModelBundle.Create(_folder.Path, draft with
        {
            Heads = null,
            Dimensions = new EmbeddingDimensions { Speaker = 192 },
            Encoders = draft.Encoders with { Face = null },
        });
        Assert.Contains("has no face head", Assert.Throws<ModelFormatException>(() => bundle.FaceHeadPath).Message);
    }

    [Fact]
    public void RequireSameModel_OtherId_NamesBoth()
    {
        var bundle = Make();
        var error = Assert.Throws<ModelMismatchException>(() => bundle.RequireSameModel("another", "the index"));
        Assert.Contains(bundle.ModelId, error.Message);
        Assert.Contains("another", error.Message);
    }

    private ModelBundle Make()
    {
        foreach (var file in new[] { "speaker.onnx", "face_head.onnx", "voice_head.onnx", "heads.safetensors" })
        {
            File.WriteAllText(_folder.File(file), file);
        }

        return ModelBundle.Create(_folder.Path, Draft());
    }

    private static ModelManifest Draft() => new()
    {
        Name = "test",
        Created = DateTimeOffset.UnixEpoch,
        Dimensions = new EmbeddingDimensions { Joint = 256, Face = 512, Speaker = 192 },
        Encoders = new EncoderSpecs
        {
            Face = new FaceEncoderSpec { Name = "face", Dimension = 512, Sha256 = new string('a', 64) },
            Speaker = new SpeakerEncoderSpec { Architecture = "xvector", Dimension = 192, Preprocessing = new SpeakerPreprocessing { MelBins = 24, MinSamples = 480 } },
        },
        Heads = new HeadSpecs
        {
            Face = new HeadSpec { File = "face_head.onnx", InputDimension = 512, OutputDimension = 256 },
            Voice = new HeadSpec { File = "voice_head.onnx", InputDimension = 192, OutputDimension = 256 },
        },
        Calibration = new CalibrationSpecs
        {
            Joint = new ScoreCalibration { PlattScale = 8, PlattOffset = -2, Thresholds = [new DecisionThreshold { Name = "eer", Score = 0.25 }] },
        },
        Licences = [new LicenceNotice { Subject = "weights", Licence = "MIT" }],
    };

    private string Message(ModelManifest draft) =>
        Assert.Throws<ModelFormatException>(() => ModelBundle.Create(_folder.Path, draft)).Message;

    private string Refused() => Assert.Throws<ModelFormatException>(() => ModelBundle.Open(_folder.Path)).Message;
}
