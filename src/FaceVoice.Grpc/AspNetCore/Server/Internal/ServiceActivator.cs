using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Gives each call its service: the registered one, or else one made for the call and disposed after it.</summary>
internal static class ServiceActivator<TService>
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    public static async Task<TResult> InvokeAsync<TResult>(ServerCallContext context, Func<TService, Task<TResult>> call)
    {
        var services = ((ServerCall)context).Http.RequestServices;
        if (services.GetService<TService>() is { } registered)
        {
            return await call(registered).ConfigureAwait(false);
        }

        var made = Factory.Value(services, []);
        try
        {
            return await call(made).ConfigureAwait(false);
        }
        finally
        {
            switch (made)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    public static Task InvokeAsync(ServerCallContext context, Func<TService, Task> call) => InvokeAsync(context, async service =>
    {
        await call(service).ConfigureAwait(false);
        return true;
    });
}
