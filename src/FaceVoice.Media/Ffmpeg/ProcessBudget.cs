namespace FaceVoice.Media.Ffmpeg;

/// <summary>What one FFmpeg process may use.</summary>
internal readonly record struct ProcessBudget(TimeSpan Wall, int CpuSeconds, long MemoryBytes)
{
    /// <summary>A fixed allowance plus one that grows with the recording, never above the limits. A spinning process ends in proportion to its input.</summary>
    public static ProcessBudget For(MediaLimits limits, double? mediaSeconds, double cpuPerSecond)
    {
        const double startCpu = 30;
        const double wallPerCpu = 3; // machines are shared,
        const double leastWall = 60; // some by very many
        var cpu = Math.Min(limits.FfmpegCpuSeconds, startCpu + ((mediaSeconds ?? limits.MaxSeconds) * cpuPerSecond));
        var wall = Math.Min(limits.FfmpegWallSeconds, Math.Max(cpu * wallPerCpu, leastWall));
        return new(TimeSpan.FromSeconds(wall), (int)Math.Ceiling(cpu), limits.FfmpegMemoryBytes);
    }
}
