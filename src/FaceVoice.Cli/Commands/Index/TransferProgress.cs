using System.Globalization;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>Shows on a terminal how many points have moved.</summary>
internal sealed class TransferProgress : IProgress<long>
{
    private TransferProgress()
    {
    }

    /// <summary>The progress line; null where stderr is no terminal.</summary>
    public static TransferProgress? Create() => Console.IsErrorRedirected ? null : new TransferProgress();

    public void Report(long value) => Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{value:N0} points "));
}
