using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests.Faces;

/// <summary>Gender and age on everyday photos, and the network's descriptor as an encoder.</summary>
public sealed class FaceAttributeEstimatorTests(FaceModelsFixture models, ITestOutputHelper output) : IClassFixture<FaceModelsFixture>
{
    /// <summary>The people of admin-lte's user photos, in order of their numbers.</summary>
    private const string UserGenders = "mmfffmfm";

    private static readonly ImageDecoder Decoder = new(new MediaLimits());

    [Fact]
    public void Estimate_PartyPhotos_SeesWomenInAllFaces()
    {
        var looks = Photos("face-api").SelectMany(file => Look(file, least: 60)).ToList();
        output.WriteLine(string.Join("; ", looks.Select(face => $"{face.MaleProbability:F2} {face.Age:F0}")));
        Assert.InRange(looks.Count, 20, 24);
        Assert.All(looks, face => Assert.Equal("f", face.Gender));
        Assert.All(looks, face => Assert.InRange(face.Age, 16, 45));
    }

    [Fact]
    public void Estimate_UserPhotos_SeesFourWomenAndFourMen()
    {
        var looks = Photos("admin-lte").Select(file => Look(file, least: 0)[0]).ToList();
        output.WriteLine(string.Join("; ", looks.Select(face => $"{face.MaleProbability:F2} {face.Age:F0}")));
        Assert.Equal(UserGenders, string.Concat(looks.Select(face => face.Gender)));
        Assert.All(looks, face => Assert.InRange(face.GenderProbability, 0.5f, 1));
    }

    [Fact]
    public void Of_SeveralPictures_AveragesAndMarksDisagreement()
    {
        var steady = PersonAttributes.Of([new(0.9f, 30), new(0.7f, 40), new(0.8f, 35)]);
        Assert.Equal("m", steady.Mean.Gender);
        Assert.Equal(35, steady.Mean.Age, 1e-4f);
        Assert.False(steady.Disagrees);
        var torn = PersonAttributes.Of([new(0.9f, 30), new(0.4f, 30), new(0.8f, 30), new(0.3f, 30)]);
        Assert.Equal(0.5f, torn.Agreement);
        Assert.True(torn.Disagrees);
        Assert.Throws<ArgumentException>(() => PersonAttributes.Of([]));
    }

    [Fact]
    public void Descriptor_AsAnEncoder_HasTheHashOfItsSourceAndUnitLength()
    {
        using var encoder = FaceEncoder.Open(FaceModels.DescriptorSpec);
        using var noise = SyntheticImages.Paint(FaceAligner.Size, FaceAligner.Size, (x, y) => (x * 2, y * 2, x ^ y));
        var vector = encoder.Encode(noise);
        Assert.Equal(FaceModels.DescriptorSpec.Sha256, encoder.ModelSha256);
        Assert.Equal(1024, vector.Length);
        Assert.Equal(1, vector.Sum(value => value * value), 1e-4f);
    }

    [Fact]
    public void Open_AnotherNetworkThanTheManifestSays_IsRefused()
    {
        var other = FaceModels.EncoderSpec with { Sha256 = new string('0', 64) };
        Assert.Throws<ModelMismatchException>(() => FaceEncoder.Open(other));
        var turned = FaceModels.EncoderSpec with { Preprocessing = new FacePreprocessing { Alignment = "box" } };
        Assert.Contains("'box'", Assert.Throws<ModelFormatException>(() => FaceEncoder.Open(turned)).Message);
        Assert.Contains("does not fit", Assert.Throws<OnnxModelException>(() => FaceEncoder.Open(FaceModels.DescriptorSpec with { Output = "none" })).Message);
        Assert.Throws<OnnxModelException>(() => new FaceAttributeEstimator(FaceModels.Encoder));
    }

    private static IEnumerable<string> Photos(string package)
    {
        var folder = RepositoryPaths.Of("third_party", "test-photos", package);
        Assert.SkipUnless(Directory.Exists(folder), $"needs the photos of npm {package}: tools/test-photos fetches them");
        return Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal);
    }

    private List<FaceAttributes> Look(string file, float least)
    {
        using var image = Decoder.DecodeFile(file);
        return models.Analyzer.Analyze(image).Where(face => face.Quality.SizePixels >= least).Select(face =>
        {
            using var aligned = FaceAligner.Align(image, face.Landmarks);
            return models.Attributes.Estimate(aligned);
        }).ToList();
    }
}
