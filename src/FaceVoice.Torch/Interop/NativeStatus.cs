using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>Turns the shim's status codes into exceptions.</summary>
internal static class NativeStatus
{
    /// <summary>Throws when <paramref name="status"/> tells of an error.</summary>
    /// <param name="status">What the shim returned.</param>
    /// <param name="operation">The operator or function, as it appears in the message.</param>
    public static void Check(int status, string operation)
    {
        if (status != 0)
        {
            throw new TorchException(operation, Marshal.PtrToStringUTF8(NativeMethods.LastError()) ?? "unknown native error");
        }
    }
}
