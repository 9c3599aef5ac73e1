using FaceVoice.Inference.Matching;
using FaceVoice.Models;

namespace FaceVoice.Inference.Tests;

/// <summary>The one sentence of a match never claims more than the model can know.</summary>
public sealed class MatchMeaningTests
{
    private static readonly ModelCapability Attributes = new() { Associates = ["gender", "age"] };
    private static readonly ModelCapability Identity = new() { Associates = ["gender"], Identity = true };

    [Theory]
    [InlineData(0.93)]
    [InlineData(0.5)]
    public void Describe_AgreementWithoutIdentity_DoesNotSayOnePerson(double probability) => Assert.Equal(
        "Face and voice agree in gender and age, as those of very many people do: whether they are of one person this model cannot know.",
        MatchMeaning.Describe(probability, 0.5, true, Attributes));

    [Fact]
    public void Describe_Disagreement_SaysWhatDiffers() => Assert.Equal(
        "Face and voice seem to differ in gender or age, so they are hardly of one person.", MatchMeaning.Describe(0.08, 0.5, true, Attributes));

    [Fact]
    public void Describe_IdentityKnown_GivesTheProbabilityAndNoProof()
    {
        Assert.Contains("evidence for one person (83 % for one), never proof", MatchMeaning.Describe(0.83, 0.5, true, Identity));
        Assert.Contains("evidence for two people (12 % for one), never proof", MatchMeaning.Describe(0.12, 0.5, true, Identity));
    }

    [Fact]
    public void Describe_PoorMediaOrNoCalibration_SaysThatNothingCanBeRead()
    {
        Assert.Contains("nothing should be read", MatchMeaning.Describe(0.99, 0.5, false, Identity));
        Assert.Contains("not calibrated", MatchMeaning.Describe(null, 0.5, true, Identity));
        Assert.Contains("never stated for this model", MatchMeaning.Describe(0.99, 0.5, true, null));
        Assert.Contains("nothing should be read", MatchMeaning.Describe(0.99, 0.5, true, new ModelCapability()));
    }
}
