using FaceVoice.Cli.Terminal;
using FaceVoice.Models.Sessions;
using FaceVoice.Training;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>The device that a training is to run on, looked for before anything is read or written.</summary>
internal static class TrainingDevice
{
    /// <exception cref="UsageException">There is no such device; the message says what there is.</exception>
    public static void Require(string name)
    {
        try
        {
            LibTorch.FindDevice(name);
        }
        catch (DeviceUnavailableException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
