using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Server.Middleware;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Middleware;

/// <summary>What of an exception reaches a caller.</summary>
public sealed class StatusMapTests
{
    public static TheoryData<Exception> ThatTell =>
    [
        new InvalidPointException(new ArgumentException("A keyword field needs at least one value.", "values").Message),
        new InvalidRequestException(new ArgumentOutOfRangeException("limit", -1, "It must lie in 1 to 10.").Message),
        new CorruptMediaException(new ArgumentException("The image is damaged.", "stream").Message),
    ];

    [Theory]
    [MemberData(nameof(ThatTell))]
    public void From_MessageWithAParameterOfDotNet_LosesIt(Exception exception)
    {
        var status = StatusMap.From(exception).Status;
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.EndsWith(".", status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Actual value", status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<Exception> OfOurs =>
    [
        new ArgumentException("secret", "vector"), new ArgumentNullException("faces"), new KeyNotFoundException("secret"),
        new InvalidOperationException("secret"), new FormatException("secret"), new InvalidCastException("secret"), new IOException("secret"),
    ];

    [Theory]
    [MemberData(nameof(OfOurs))]
    public void From_ErrorThatNobodyForesaw_TellsNothing(Exception exception) =>
        Assert.Equal((StatusCode.Internal, "Internal error."), (StatusMap.From(exception).StatusCode, StatusMap.From(exception).Status.Detail));

    [Fact]
    public void From_TooLittleSpeech_IsTheCallersToMend() => Assert.Equal(StatusCode.InvalidArgument, StatusMap.From(new NoSpeechException(1, 0.2, 0.5)).StatusCode);
}
