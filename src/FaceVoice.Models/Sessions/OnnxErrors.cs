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

/// <summary>A model gave a value that is not a finite number, or an embedding without direction. Such a result is never passed on.</summary>
public sealed class NonFiniteOutputException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="modelName">The model that gave the value.</param>
    public NonFiniteOutputException(string modelName)
        : base($"The model {modelName} gave a result that is not finite; it is not used.") => ModelName = modelName;

    /// <summary>Gets the model that gave the value.</summary>
    public string ModelName { get; }
}

/// <summary>CUDA was asked for and cannot be used.</summary>
public sealed class DeviceUnavailableException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was asked for, what is missing, and what to do.</param>
    /// <param name="innerException">What the library said, if it was asked.</param>
    public DeviceUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    internal static DeviceUnavailableException ForCuda(string missing, Exception? error = null) =>
        new($"CUDA cannot be used here; missing: {missing}. Take the device 'auto' or 'cpu', or install what is missing.", error);
}
