using FaceVoice.Datasets.Extraction;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Tests.Extraction;

public sealed class FaceChoiceTests
{
    [Fact]
    public void Cluster_ThreePeople_MostSeenFirst()
    {
        var faces = new List<FaceSighting>();
        for (var frame = 0; frame < 6; frame++)
        {
            faces.Add(Face(frame, person: 0, noise: 0.3f));
            if (frame % 2 == 0)
            {
                faces.Add(Face(frame, person: 1, noise: 0.3f));
            }
        }

        faces.Add(Face(5, person: 2, noise: 0));
        var people = FaceClusterer.Cluster(faces, 0.38f);
        Assert.Equal([6, 3, 1], people.Select(person => person.Count));
        Assert.All(people[0], face => Assert.True(face.Embedding[0] > 0.5f));
    }

    [Fact]
    public void Cluster_TwinsInOneFrame_AreTwoPeople()
    {
        var people = FaceClusterer.Cluster([Face(0, 0, 0), Face(0, 0, 0), Face(1, 0, 0)], 0.38f);
        Assert.Equal([2, 1], people.Select(person => person.Count));
    }

    [Fact]
    public void Select_SharpFacesInARow_AreSpreadInTime()
    {
        // The sharpest ten frames lie together at the beginning.
        var faces = Enumerable.Range(0, 40).Select(i => Face(i, 0, 0, sharpness: i < 10 ? 500 : 100 + i)).ToList();
        var chosen = FrameSelector.Select(faces, 4);
        Assert.Equal(4, chosen.Count);
        Assert.All(chosen.Zip(chosen.Skip(1)), pair => Assert.True(pair.Second.Seconds - pair.First.Seconds >= 9));
    }

    [Fact]
    public void Select_FewerThanWanted_TakesAll()
    {
        Assert.Equal(2, FrameSelector.Select([Face(0, 0, 0), Face(1, 0, 0)], 5).Count);
        Assert.Equal(3, FrameSelector.Select([Face(0, 0, 0), Face(0, 0, 0), Face(0, 0, 0)], 3).Count); // stills have no time
    }

    [Fact]
    public void Fitness_BlurredTurnedOrTiny_IsLower()
    {
        var good = Face(0, 0, 0).Fitness;
        Assert.True(Face(0, 0, 0, sharpness: 10).Fitness < good);
        Assert.True(Face(0, 0, 0, yaw: 60).Fitness < good);
        Assert.True(Face(0, 0, 0, size: 40).Fitness < good);
    }

    private static FaceSighting Face(int frame, int person, float noise, float sharpness = 200, float yaw = 0, float size = 150)
    {
        var random = new Random((frame * 10) + person);
        var embedding = new float[16];
        embedding[person] = 1;
        for (var i = 4; i < 16; i++)
        {
            embedding[i] = noise * (random.NextSingle() - 0.5f);
        }

        var norm = MathF.Sqrt(embedding.Sum(value => value * value));
        var quality = new FaceQuality
        {
            DetectionScore = 0.99f,
            SizePixels = size,
            Sharpness = sharpness,
            Brightness = 0.5f,
            ClippedShare = 0,
            YawDegrees = yaw,
            RollDegrees = 0,
        };
        return new FaceSighting(frame, frame, quality, [.. embedding.Select(value => value / norm)], RgbImage.Allocate(1, 1));
    }
}
