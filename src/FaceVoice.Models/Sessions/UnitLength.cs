using System.Numerics.Tensors;

namespace FaceVoice.Models.Sessions;

/// <summary>Brings embeddings to unit length.</summary>
public static class UnitLength
{
    /// <summary>Divides a vector by its Euclidean length, in place.</summary>
    /// <param name="vector">The values.</param>
    /// <param name="modelName">The model that made them, for the error.</param>
    /// <returns>The length that it had.</returns>
    /// <exception cref="NonFiniteOutputException">The length is zero or not finite.</exception>
    public static float Normalize(Span<float> vector, string modelName)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (!float.IsNormal(length))
        {
            throw new NonFiniteOutputException(modelName);
        }

        TensorPrimitives.Divide(vector, length, vector);
        return length;
    }
}
