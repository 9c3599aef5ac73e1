using Microsoft.Extensions.Hosting;

namespace FaceVoice.Server.Hosting;

/// <summary>Leaves signals to whoever started the server: one owner decides when it stops.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
