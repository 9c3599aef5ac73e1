namespace FaceVoice.Torch;

/// <summary>A number given to an operator: an integer stays an integer, so that integer tensors stay integer tensors.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    private Scalar(ScalarKind kind, long bits)
    {
        Kind = kind;
        Bits = bits;
    }

    internal ScalarKind Kind { get; }

    internal long Bits { get; }

    /// <summary>Makes an integer scalar.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(int value) => new(ScalarKind.Integer, value);

    /// <summary>Makes an integer scalar.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(long value) => new(ScalarKind.Integer, value);

    /// <summary>Makes a floating-point scalar.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>Makes a floating-point scalar.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(double value) => new(ScalarKind.Number, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Makes a boolean scalar.</summary>
    /// <param name="value">The truth value.</param>
    public static implicit operator Scalar(bool value) => new(ScalarKind.Boolean, value ? 1 : 0);

    /// <summary>Tells whether two scalars hold the same value of the same kind.</summary>
    /// <param name="left">One scalar.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    /// <summary>Tells whether two scalars differ in value or kind.</summary>
    /// <param name="left">One scalar.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Kind == other.Kind && Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Bits);
}
