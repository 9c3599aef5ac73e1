namespace FaceVoice.Datasets.Extraction;

/// <summary>A source that can be read, but has no usable face or no usable speech.</summary>
internal sealed class UnusableSourceException(string message) : Exception(message);
