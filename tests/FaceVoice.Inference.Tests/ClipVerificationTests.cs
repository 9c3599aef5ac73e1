using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests;

/// <summary>Real talking-head video: faces of one clip are closer to each other than to those of any other clip.</summary>
public sealed class ClipVerificationTests(EngineFixture fixture, ITestOutputHelper output) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task Embed_FramesOfSixClips_SameClipIsAlwaysCloser()
    {
        var reader = new VideoReader(new MediaLimits());
        var byClip = new List<List<FaceEmbedding>>();
        foreach (var clip in Directory.GetFiles(ReferenceData.Media("clips"), "*.mpg").Order(StringComparer.Ordinal))
        {
            var faces = new List<FaceEmbedding>();
            await foreach (var frame in reader.ReadFramesAsync(clip, [0.4, 1.2, 2.0]))
            {
                using var image = frame.Image;
                faces.Add(fixture.Engine.Faces.Embed(image));
            }

            Assert.NotEmpty(faces);
            byClip.Add(faces);
        }

        var same = byClip.SelectMany(
            faces => from a in faces from b in faces where !ReferenceEquals(a, b) select a.Face.CosineTo(b.Face)).Min();
        var different = (from i in Enumerable.Range(0, byClip.Count) from j in Enumerable.Range(0, i) from a in byClip[i] from b in byClip[j] select a.Face.CosineTo(b.Face)).Max();
        output.WriteLine($"{byClip.Count} clips: lowest cosine within a clip {same:F3}, highest between clips {different:F3}");
        Assert.True(same > different);
    }
}
