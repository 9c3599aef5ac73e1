namespace FaceVoice.Models.Tests;

/// <summary>Vectors that know where they come from.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public void CosineTo_SameModelAndSpace_IsTheDotProduct() =>
        Assert.Equal(0.6f, new Embedding("m", EmbeddingSpace.Joint, new[] { 1f, 0f }).CosineTo(new Embedding("m", EmbeddingSpace.Joint, new[] { 0.6f, 0.8f })), 1e-6f);

    [Theory]
    [InlineData("other", EmbeddingSpace.Joint)]
    [InlineData("m", EmbeddingSpace.Speaker)]
    public void CosineTo_OtherModelOrSpace_Throws(string model, EmbeddingSpace space) =>
        Assert.Throws<ModelMismatchException>(() =>
            new Embedding("m", EmbeddingSpace.Joint, new[] { 1f }).CosineTo(new Embedding(model, space, new[] { 1f })));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Constructor_NonFiniteValue_Throws(float value) =>
        Assert.Throws<ArgumentException>("vector", () => new Embedding("m", EmbeddingSpace.Joint, new[] { 1f, value }));
}
