namespace FaceVoice.Cli.Commands.Embed;

/// <summary>A stretch of a recording that was encoded.</summary>
internal sealed record VoiceLineWindow(double StartS, double Seconds, float SpeechShare);
