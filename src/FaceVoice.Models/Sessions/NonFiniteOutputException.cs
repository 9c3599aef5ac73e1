namespace FaceVoice.Models.Sessions;

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
