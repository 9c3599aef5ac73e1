namespace FaceVoice.Index.Embedded.Files;

/// <summary>Tells a full disk from other disk errors.</summary>
internal static class DiskErrors
{
    private const int FileTooLarge = 27, NoSpace = 28, QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Tells whether there was no room: ENOSPC, EDQUOT, EFBIG or Windows' two codes.</summary>
    public static bool IsFull(IOException error) =>
        error.HResult is FileTooLarge or NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;
}
