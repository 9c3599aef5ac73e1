using System.Globalization;

namespace FaceVoice.Torch;

/// <summary>Where a tensor lives. Immutable.</summary>
/// <param name="type">The kind of device.</param>
/// <param name="index">The number of the device, or -1 for the current one.</param>
public sealed record Device(DeviceType type, int index = -1)
{
    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <param name="text">The device's name.</param>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Device Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        DeviceType? type = parts[0] switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            _ => null,
        };
        int index = -1;
        bool indexed = parts.Length == 1
            || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        return type is { } known && indexed
            ? new Device(known, index)
            : throw new FormatException($"'{text}' is no device; use cpu, cuda or cuda:N.");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = type == DeviceType.CPU ? "cpu" : "cuda";
        return index < 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{index}");
    }
}
