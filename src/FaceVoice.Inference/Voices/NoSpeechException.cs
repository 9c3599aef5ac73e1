using System.Globalization;

namespace FaceVoice.Inference.Voices;

/// <summary>A recording has too little speech.</summary>
public sealed class NoSpeechException : UnusableMediaException
{
    internal NoSpeechException(double seconds, double speechSeconds, double neededSeconds)
        : base(string.Create(CultureInfo.InvariantCulture, $"The recording of {seconds:0.##} s has {speechSeconds:0.##} s of speech; needed are {neededSeconds:0.##} s within one window."))
    {
        SpeechSeconds = speechSeconds;
        NeededSeconds = neededSeconds;
    }

    /// <summary>Gets the speech that was found, in seconds.</summary>
    public double SpeechSeconds { get; }

    /// <summary>Gets the speech that is needed, in seconds.</summary>
    public double NeededSeconds { get; }
}
