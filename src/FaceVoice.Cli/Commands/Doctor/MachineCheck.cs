namespace FaceVoice.Cli.Commands.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Status"><c>ok</c>, <c>warning</c> (something optional will not work) or <c>failed</c>.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What will not work and how to mend it; null where nothing is wrong.</param>
internal sealed record MachineCheck(string Name, string Status, string Found, string? Remedy = null)
{
    public const string Ok = "ok";
    public const string Warning = "warning";
    public const string Failed = "failed";
}
