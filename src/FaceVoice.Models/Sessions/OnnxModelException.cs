namespace FaceVoice.Models.Sessions;

/// <summary>
/// A model file is missing, cannot be read as ONNX, or does not have the inputs and outputs that its user expects.
/// The message names the file, what was found in it and what is needed.
/// </summary>
public sealed class OnnxModelException : Exception
{
    /// <summary>Makes the error with the line that a person reads.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">What ONNX Runtime or the file system said, if anything.</param>
    public OnnxModelException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
