namespace FaceVoice.Server.Engines;

/// <summary>How long one stage of one sample took.</summary>
internal readonly record struct StageTime(string Stage, double Milliseconds);
