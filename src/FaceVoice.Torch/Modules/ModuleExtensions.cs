namespace FaceVoice.Torch.Modules;

/// <summary>Moving and converting whole modules.</summary>
public static class ModuleExtensions
{
    /// <summary>Moves parameters and buffers to a device, in place: optimisers made before keep working, except for their state.</summary>
    /// <typeparam name="T">The module's type.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The same module.</returns>
    /// <exception cref="TorchException">The device is a GPU and this LibTorch sees none.</exception>
    public static T to<T>(this T module, Device device)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Convert(device, null);
        return module;
    }

    /// <summary>Converts parameters and floating-point buffers, in place.</summary>
    /// <typeparam name="T">The module's type.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="type">The element type.</param>
    /// <returns>The same module.</returns>
    public static T to<T>(this T module, ScalarType type)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Convert(null, type);
        return module;
    }
}
