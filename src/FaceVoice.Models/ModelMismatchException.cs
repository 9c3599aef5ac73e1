namespace FaceVoice.Models;

/// <summary>Embeddings of two models, or of two spaces, were about to be mixed. The message names both.</summary>
public sealed class ModelMismatchException : Exception
{
    /// <summary>Makes the exception for two ids that ought to be equal.</summary>
    /// <param name="subject">What was about to be mixed, for the message: "the index", "the query".</param>
    /// <param name="expected">The model id in force.</param>
    /// <param name="actual">The model id that came in.</param>
    public ModelMismatchException(string subject, string expected, string actual)
        : base($"Model mismatch: {subject} belongs to model {actual}, but model {expected} is in use. Embeddings of different models cannot be compared.")
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The model id in force.</summary>
    public string Expected { get; }

    /// <summary>The model id that came in.</summary>
    public string Actual { get; }
}
