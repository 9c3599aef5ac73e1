using FaceVoice.Inference.Voices;

namespace FaceVoice.Inference.Tests.Voices;

public sealed class SpeakerAgreementTests
{
    [Fact]
    public void Doubt_TwoOfSeveralDiffer_NamesTheTwoThatDifferMost()
    {
        float[][] vectors = [[1, 0], [0.8f, 0.6f], [0.1f, 0.995f], [0.9f, 0.436f]];
        Assert.Equal(
            "the stretches at 0 s and 6 s do not sound like one person: their cosine is 0.10, needed is at least 0.40",
            SpeakerAgreement.Doubt(vectors, i => $"{3 * i} s", 0.4f));
    }

    [Fact]
    public void Doubt_OneOrNoneOrAllAlike_IsNone()
    {
        Assert.Null(SpeakerAgreement.Doubt([], i => $"{i}", 0.4f));
        Assert.Null(SpeakerAgreement.Doubt([[1, 0]], i => $"{i}", 0.4f));
        Assert.Null(SpeakerAgreement.Doubt([[1, 0], [0.8f, 0.6f], [0.4f, 0.9165f]], i => $"{i}", 0.4f));
    }
}
