namespace FaceVoice.Server.Access;

/// <summary>A caller that has keys, and what it may still use of its limits. Thread-safe.</summary>
internal sealed class ApiClient(string name, double? callsPerSecond, int? maxConcurrentCalls, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = Burst(callsPerSecond);
    private long _refilled = time.GetTimestamp();
    private int _running;

    public string Name { get; } = name;

    public bool HasLimits(double? rate, int? concurrency) => rate == callsPerSecond && concurrency == maxConcurrentCalls;

    /// <summary>Takes a place for one call.</summary>
    /// <param name="retryAfter">How long to wait where there is none.</param>
    /// <param name="reason">Which limit is reached.</param>
    /// <returns>True: the place must be given back by <see cref="Leave"/>.</returns>
    public bool TryEnter(out TimeSpan retryAfter, out string reason)
    {
        lock (_lock)
        {
            if (_running >= maxConcurrentCalls)
            {
                (retryAfter, reason) = (TimeSpan.FromMilliseconds(100), $"the API key allows {maxConcurrentCalls} calls at once");
                return false;
            }

            if (callsPerSecond is { } rate)
            {
                _tokens = Math.Min(Burst(rate), _tokens + (time.GetElapsedTime(_refilled).TotalSeconds * rate));
                _refilled = time.GetTimestamp();
                if (_tokens < 1)
                {
                    (retryAfter, reason) = (TimeSpan.FromSeconds((1 - _tokens) / rate), $"the API key allows {rate:0.##} calls a second");
                    return false;
                }

                _tokens--;
            }

            _running++;
            (retryAfter, reason) = (TimeSpan.Zero, "");
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _running--;
        }
    }

    private static double Burst(double? rate) => Math.Max(1, rate ?? 1);
}
