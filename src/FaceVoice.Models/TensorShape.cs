namespace FaceVoice.Models;

/// <summary>Arithmetic on shapes that come from files, where a product can overflow on purpose.</summary>
internal static class TensorShape
{
    /// <summary>The number of elements, or false where a size is negative or the product does not fit an array.</summary>
    public static bool TryCount(ReadOnlySpan<long> shape, out int count)
    {
        count = 0;
        if (shape.Contains(0))
        {
            return shape.IndexOfAnyInRange(long.MinValue, -1) < 0;
        }

        var product = 1L;
        foreach (var size in shape)
        {
            if (size < 0 || size > Array.MaxLength / product)
            {
                return false;
            }

            product *= size;
        }

        count = (int)product;
        return true;
    }

    /// <summary>For messages: <c>[512, 24, 5]</c>, <c>[]</c> for a scalar.</summary>
    public static string Describe(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
